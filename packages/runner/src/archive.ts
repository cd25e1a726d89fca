import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A regular file of an archive. */
interface Entry {
  /** As the archive has it, which may begin with `./`. */
  readonly member: string;
  readonly sha256: string;
}

/** `manifest.json` of `docker save`. */
type Saved = readonly {
  readonly Config: string;
  readonly Layers: readonly string[];
  readonly RepoTags?: readonly string[] | null;
}[];

/** `index.json` of an OCI layout. */
interface Layout {
  readonly manifests?: readonly {
    readonly digest: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

/** Given each file on its standard input; GNU tar says its name. */
const hashed = 'printf "%s %s\\n" "$(sha256sum | cut -c 1-64)" "$TAR_REALNAME"';

/**
 * What is wrong with an archive of images, in words: it cannot be read to its end, holds no image, or a file of it
 * is not what its digest says. As `docker save` writes them, old and new, or as OCI layouts.
 *
 * @returns nothing for one that is whole
 */
export async function damageOf(file: string): Promise<readonly string[]> {
  const listed = await tar(['-xf', file, `--to-command=${hashed}`]);
  if ('damage' in listed) return [listed.damage];
  const entries = new Map<string, Entry>();
  for (const line of listed.output.split('\n').slice(0, -1)) {
    const member = line.slice(65);
    entries.set(member.replace(/^\.\//, ''), { member, sha256: line.slice(0, 64) });
  }
  if (!entries.has('index.json') && !entries.has('manifest.json')) return ['it holds no image'];
  const damaged = [...entries].filter(([name, { sha256 }]) => (digestIn(name) ?? sha256) !== sha256);
  const names = new Set([...damaged.map(([name]) => name), ...(await damagedLayers(file, entries))]);
  return [...names].map((name) => `${name} does not match its digest`);
}

/** The names of each image of an archive that is whole, which are those that it has in a node that has loaded it. */
export async function namesIn(file: string): Promise<readonly (readonly string[])[]> {
  const listed = await tar(['-tf', file]);
  const members = 'output' in listed ? listed.output.split('\n') : [];
  const read = <T>(name: string) => {
    const member = members.find((one) => one.replace(/^\.\//, '') === name);
    return json<T>(file, member === undefined ? undefined : { member });
  };
  const saved = await read<Saved>('manifest.json');
  if (saved) return saved.map(({ RepoTags }) => RepoTags ?? []);
  const layout = await read<Layout>('index.json');
  const images = Map.groupBy(layout?.manifests ?? [], ({ digest }) => digest);
  return [...images.values()].map((named) => named.flatMap(({ annotations }) => nameIn(annotations)));
}

/** As containerd takes it: a tag alone is no name. */
function nameIn(annotations: Readonly<Record<string, string>> = {}): readonly string[] {
  const whole = annotations['io.containerd.image.name'];
  const ref = annotations['org.opencontainers.image.ref.name'];
  if (whole) return [whole];
  return ref && /[/:@]/.test(ref) ? [ref] : [];
}

/** The digest by which a file is named. */
function digestIn(name: string): string | undefined {
  return /^(?:blobs\/sha256\/)?([0-9a-f]{64})(?:\.json)?$/.exec(name)?.[1];
}

/** Layers as `docker save` of a Docker before 25 writes them: plain, and their digests in the image's configuration. */
async function damagedLayers(file: string, entries: ReadonlyMap<string, Entry>): Promise<readonly string[]> {
  const saved = await json<Saved>(file, entries.get('manifest.json'));
  const images = (saved ?? []).map(async ({ Config, Layers }) => {
    const config = await json<{ rootfs?: { diff_ids?: readonly string[] } }>(file, entries.get(Config));
    const digests = config?.rootfs?.diff_ids ?? [];
    return Layers.filter((layer, at) => {
      const found = layer.endsWith('.tar') ? entries.get(layer) : undefined;
      return found !== undefined && digests[at] !== undefined && digests[at] !== `sha256:${found.sha256}`;
    });
  });
  return (await Promise.all(images)).flat();
}

/** Undefined where it is not there, or no JSON: its digest has told so, or what reads it will. */
async function json<T>(file: string, entry: Pick<Entry, 'member'> | undefined): Promise<T | undefined> {
  if (entry === undefined) return undefined;
  const read = await tar(['-xOf', file, '--', entry.member]);
  try {
    return 'output' in read ? (JSON.parse(read.output) as T) : undefined;
  } catch {
    return undefined;
  }
}

async function tar(args: readonly string[]): Promise<{ output: string } | { damage: string }> {
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    const { stdout } = await promisify(execFile)('tar', args, { env, maxBuffer: 64 * 2 ** 20 });
    return { output: stdout };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    // Without an exit code it is not the archive that is at fault.
    if (typeof code !== 'number') throw error;
    return { damage: stderr?.split('\n').find((line) => line !== '') ?? `tar ended with ${code}` };
  }
}
