/** What an expression of GitHub Actions comes to. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** What an expression may name: contexts, and functions that are called with their arguments. */
export interface Scope {
  readonly contexts: { readonly [name: string]: Value };
  readonly functions: { readonly [name: string]: (...args: readonly Value[]) => Value };
}

/**
 * A text of a workflow with what its `${{ }}` come to. A text that is one expression keeps that one's type.
 *
 * @throws Error of what GitHub would take for empty: a context, a property or a function that there is not; and of what
 * is not known here
 */
export function interpolate(text: string, scope: Scope): Value {
  const whole = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(text.trim());
  if (whole) return evaluate(whole[1]!, scope);
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => shown(evaluate(expression, scope)));
}

/** What stands between `${{` and `}}`. */
export function evaluate(expression: string, scope: Scope): Value {
  const tokens = tokensOf(expression);
  let at = 0;
  const next = (): string => tokens[at++] ?? fail('ends too early');
  const has = (token: string): boolean => tokens[at] === token && at++ >= 0;
  const fail = (why: string): never => {
    throw new Error(`\${{ ${expression.trim()} }}: ${why}`);
  };

  const or = (): Value => {
    let left = and();
    while (has('||')) {
      const right = and();
      left = truthy(left) ? left : right;
    }
    return left;
  };
  const and = (): Value => {
    let left = equality();
    while (has('&&')) {
      const right = equality();
      left = truthy(left) ? right : left;
    }
    return left;
  };
  const equality = (): Value => {
    const left = unary();
    if (has('==')) return same(left, unary());
    if (has('!=')) return !same(left, unary());
    return left;
  };
  const unary = (): Value => (has('!') ? !truthy(unary()) : primary());
  const primary = (): Value => {
    const token = next();
    if (token === '(') {
      const value = or();
      if (next() !== ')') fail('no )');
      return value;
    }
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^\d/.test(token)) return Number(token);
    if (token === 'true' || token === 'false') return token === 'true';
    if (token === 'null') return null;
    if (!/^[a-z_]/i.test(token)) fail(`${token} has no place there`);
    return has('(') ? call(token) : properties(token);
  };
  const call = (name: string): Value => {
    const args: Value[] = [];
    while (!has(')')) {
      args.push(or());
      if (tokens[at] !== ')' && next() !== ',') fail('no ,');
    }
    const known = Object.hasOwn(scope.functions, name) ? scope.functions[name] : undefined;
    return known ? known(...args) : fail(`there is no function ${name}`);
  };
  const properties = (context: string): Value => {
    let [value, path] = [property(scope.contexts, context), context];
    while (has('.')) {
      const name = next();
      path += `.${name}`;
      value = property(value ?? fail(`there is no ${path}`), name);
    }
    return value ?? fail(`there is no ${path}`);
  };
  /** Two texts are the same whatever their case; values of two types are no comparison that is meant. */
  const same = (left: Value, right: Value): boolean => {
    if (typeof left !== typeof right) fail('compares values of two types');
    return typeof left === 'string' && typeof right === 'string'
      ? left.toLowerCase() === right.toLowerCase()
      : left === right;
  };

  const value = or();
  if (at < tokens.length) fail(`${tokens[at]} has no place there`);
  return value;
}

export function truthy(value: Value): boolean {
  return value !== '' && value !== 0 && value !== false && value !== null;
}

/** As it stands in a text. */
export function shown(value: Value): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function property(value: Value | undefined, name: string): Value | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as { readonly [name: string]: Value })[name] : undefined;
}

function tokensOf(expression: string): readonly string[] {
  const tokens: string[] = [];
  const token = /\s*(?:('(?:[^']|'')*'|\d+(?:\.\d+)?|[a-z_][\w-]*|==|!=|&&|\|\||[!().,])|$)/iy;
  while (token.lastIndex < expression.length) {
    const from = token.lastIndex;
    const [, found] = token.exec(expression) ?? [];
    if (found === undefined) {
      if (expression.slice(from).trim() === '') break;
      throw new Error(`\${{ ${expression.trim()} }}: cannot read ${expression.slice(from).trim()}`);
    }
    tokens.push(found);
  }
  return tokens;
}
