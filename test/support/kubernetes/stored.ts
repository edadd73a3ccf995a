/** An object as the API server keeps it: JSON, and who owns which field of it. */
export interface Stored {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Paths of single fields, by who applied them last. */
export type Owners = ReadonlyMap<string, ReadonlySet<string>>;

type Fields = Readonly<Record<string, unknown>>;
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** "A null value in the patch removes the key" (RFC 7396, JSON Merge Patch). */
export function merged(before: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const after: Record<string, unknown> = isFields(before) ? { ...before } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete after[key];
    else after[key] = merged(after[key], value);
  }
  return after;
}

const SEPARATOR = '\u0000';
/** What identifies an object, and what it is compared with, is owned by nobody. */
const UNOWNED = [
  ['apiVersion'],
  ['kind'],
  ...['name', 'namespace', 'resourceVersion'].map((each) => ['metadata', each]),
];

/** Every single field below `value`, as a path. */
export function fieldsOf(value: Fields, path: readonly string[] = []): readonly string[] {
  return Object.entries(value).flatMap(([key, child]) => {
    const at = [...path, key];
    if (UNOWNED.some((each) => each.join() === at.join())) return [];
    return isFields(child) ? fieldsOf(child, at) : [at.join(SEPARATOR)];
  });
}

/** The object without one field. */
export function without(value: Fields, path: string): Fields {
  const [key = '', ...rest] = path.split(SEPARATOR);
  const { [key]: child, ...others } = value;
  if (rest.length === 0) return others;
  return isFields(child) ? { ...others, [key]: without(child, rest.join(SEPARATOR)) } : value;
}

/**
 * Server-side apply, forced: "If you remove a field from a manifest and apply that manifest, Server-Side Apply checks if
 * there are any other field managers that also own the field. If the field is not owned by any other field managers, it
 * is either deleted from the live object or reset to its default value." With force the applier becomes the only owner
 * of a field whose value it changes (Kubernetes documentation, "Server-Side Apply").
 */
export function applied(before: Fields, owners: Owners, manager: string, patch: Fields) {
  const mine = fieldsOf(patch);
  const dropped = [...(owners.get(manager) ?? [])].filter((path) => !mine.includes(path));
  const others = [...owners].filter(([name]) => name !== manager);
  const orphans = dropped.filter((path) => others.every(([, paths]) => !paths.has(path)));
  const after = merged(
    orphans.reduce((value, path) => without(value, path), before),
    patch,
  ) as Fields;
  const changed = mine.filter((path) => textAt(before, path) !== textAt(after, path));
  const left = others.map(
    ([name, paths]) => [name, new Set([...paths].filter((path) => !changed.includes(path)))] as const,
  );
  return { after, owners: new Map<string, ReadonlySet<string>>([...left, [manager, new Set(mine)]]) };
}

/** Whether it would change a field that somebody else has: a conflict, without force. */
export const isOthers = (before: Fields, owners: Owners, manager: string, patch: Fields): boolean =>
  fieldsOf(patch).some(
    (path) =>
      textAt(before, path) !== textAt(patch, path) &&
      [...owners].some(([name, paths]) => name !== manager && paths.has(path)),
  );

const textAt = (value: unknown, path: string): string | undefined =>
  JSON.stringify(
    path.split(SEPARATOR).reduce<unknown>((inside, key) => (isFields(inside) ? inside[key] : undefined), value),
  );
