/** How the external-dns of a zone was told to name its TXT records (`--txt-prefix`, `--txt-suffix`). */
export interface TxtAffix {
  readonly prefix?: string;
  readonly suffix?: string;
}

/** Record types that external-dns keeps an owner of, where the name itself is one that we switch. */
const TYPES = ['a', 'aaaa', 'cname', 'srv'] as const;

/** Where versions before 0.18 put one text for all types. */
const LEGACY = undefined;

const TEMPLATE = '%{record_type}';

/**
 * The names under which external-dns may say that `name` is its own: with the record's type before the first label, with
 * the prefix or suffix it was given, or, in earlier versions, at the name itself. Pure.
 */
export function registryNames(name: string, affixes: readonly TxtAffix[]): readonly string[] {
  const names = [{}, ...affixes].flatMap((affix) => [LEGACY, ...TYPES].map((type) => registryName(name, affix, type)));
  return [...new Set(names)];
}

function registryName(name: string, { prefix = '', suffix = '' }: TxtAffix, type: string | undefined): string {
  const [first = '', ...rest] = name.split('.');
  const isTemplate = prefix.includes(TEMPLATE) || suffix.includes(TEMPLATE);
  const typed = type === undefined || isTemplate ? first : `${type}-${first}`;
  const filled = (affix: string) => affix.replaceAll(TEMPLATE, type ?? '').toLowerCase();
  return [`${filled(prefix)}${typed}${filled(suffix)}`, ...rest].join('.');
}
