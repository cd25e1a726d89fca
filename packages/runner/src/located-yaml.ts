import { exitCode, NetproofError } from '@netproof/core';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

type Path = readonly PropertyKey[];

/** A file whose fields have lines. */
export interface LocatedYaml {
  readonly file: string;
  readonly content: unknown;
  /** The line of the key at a path, or of the closest node above it that exists. */
  readonly lineOf: (path: Path) => number;
}

/**
 * Reads a file of a cluster's folder.
 *
 * @param file names the text in messages
 * @throws NetproofError `CLUSTER_FILE` (exit 2) for what is no YAML, with the lines
 */
export function locatedYaml(text: string, file: string): LocatedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems = document.errors.map(({ pos, message }) => ({
    line: lines.linePos(pos[0]).line,
    message: message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message,
  }));
  if (problems.length > 0) {
    throw new NetproofError(`${file} is no YAML:\n${atLines(file, problems)}`, {
      code: 'CLUSTER_FILE',
      exit: exitCode.usage,
      hint: 'correct the lines named above',
    });
  }

  const lineOf = (path: Path): number => {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const above = document.getIn(path.slice(0, depth - 1), true);
      const wanted = path[depth - 1];
      const items = (above as { items?: unknown[] } | undefined)?.items ?? [];
      const at = typeof wanted === 'number' ? items[wanted] : items.find((item) => keyOf(item) === wanted);
      const node = (at as { key?: unknown } | undefined)?.key ?? at;
      const start = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
      if (start !== undefined) return lines.linePos(start).line;
    }
    return 1;
  };
  return { file, content: document.toJS(), lineOf };
}

function keyOf(item: unknown): unknown {
  return (item as { key?: { value?: unknown } }).key?.value;
}

/** Problems of a file, one a line, in its order. */
export function atLines(
  file: string,
  problems: readonly { readonly line: number; readonly message: string }[],
): string {
  const sorted = [...problems].sort((a, b) => a.line - b.line);
  return sorted.map(({ line, message }) => `  ${file}:${line}: ${message}`).join('\n');
}

/** What is wrong with the shape of a file, each where it stands. */
export function shapeProblems(
  error: z.ZodError | undefined,
): readonly { readonly path: Path; readonly message: string }[] {
  return (error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'no such field' }))
      : [issue],
  );
}
