/**
 * The whole name of an image, as container runtimes complete it: with registry, and with a tag or a digest. Beside a
 * digest a tag says nothing.
 */
export function wholeReference(reference: string): string {
  const [name = '', digest] = reference.split('@');
  const tagged = /^(.*?)(?::([^:/]*))?$/s.exec(name);
  const [path = '', tag = 'latest'] = tagged?.slice(1) ?? [];
  const end = digest === undefined ? `:${tag}` : `@${digest}`;
  const [first = '', ...rest] = path.split('/');
  const isRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = isRegistry && first !== 'index.docker.io' ? first : 'docker.io';
  const within = isRegistry ? rest : [first, ...rest];
  const library = registry === 'docker.io' && within.length === 1 ? ['library'] : [];
  return `${[registry, ...library, ...within].join('/')}${end}`;
}
