import { isMap, isScalar, parse, parseDocument, type Pair, type YAMLMap } from 'yaml';

interface Setting {
  readonly key: string;
  readonly standard: string;
  readonly description: string;
}

/** The chart's README: how it is installed, and every setting of values.yaml with what its comment says. */
export function chartReadme(values: string, chart: string): string {
  const { description, version, kubeVersion } = parse(chart) as Readonly<Record<string, string>>;
  const document = parseDocument(values);
  const settings = isMap(document.contents) ? settingsOf(document.contents, []) : [];
  return [
    '# signalbox',
    '',
    `<!-- Written by \`npm run chart\` from values.yaml. -->`,
    '',
    `${description} Version ${version}, for Kubernetes ${kubeVersion?.replace('-0', '')}.`,
    '',
    '```sh',
    'helm install signalbox helm/signalbox -n signalbox --create-namespace \\',
    '  -f topology.yaml --set site=a    # topology.yaml: the same at every site, with signalbox.yaml below `topology:`',
    '```',
    '',
    'How to install, upgrade, roll back and break the glass: [docs/kubernetes.md](../../docs/kubernetes.md). A mistake in the',
    'values is refused before anything is changed: all of them at once.',
    '',
    '| setting | when nothing is said | what it is |',
    '| --- | --- | --- |',
    ...[...REQUIRED, ...settings].map(
      ({ key, standard, description: what }) => `| \`${key}\` | ${cell(standard)} | ${what} |`,
    ),
    '',
  ].join('\n');
}

/** They have no standard, so they stand in values.yaml as comments only. */
const REQUIRED: readonly Setting[] = [
  { key: 'site', standard: '', description: '**Required.** The site that this release is: one release per site.' },
  {
    key: 'topology',
    standard: '',
    description: '**Required.** The whole of signalbox.yaml, the same at every site; secrets as `{ file: … }` only.',
  },
];

/** A map that is written over several lines is a heading, and has a row when it says something; all else is a setting. */
function settingsOf(map: YAMLMap, above: readonly string[]): readonly Setting[] {
  return map.items.flatMap((pair, at): readonly Setting[] => {
    const path = [...above, isScalar(pair.key) ? String(pair.key.value) : ''];
    // What stands before the first key is told of the map as a whole.
    const description = descriptionOf(
      (isScalar(pair.key) && pair.key.commentBefore) || (at === 0 && map.commentBefore),
    );
    const row = { key: path.join('.'), description };
    if (isMap(pair.value) && !pair.value.flow && pair.value.items.length > 0) {
      return [...(description === '' ? [] : [{ ...row, standard: '' }]), ...settingsOf(pair.value, path)];
    }
    const standard = standardOf(pair);
    const isLikeItsNeighbours = path[0] === 'apps' && description === '' && /^(\{\}|\[\])$/.test(standard);
    return isLikeItsNeighbours ? [] : [{ ...row, standard }];
  });
}

const standardOf = ({ value }: Pair): string =>
  JSON.stringify(value === null ? null : (value as { toJSON: () => unknown }).toJSON());

/** From the last `--` of a comment on. */
const descriptionOf = (comment: string | false | null | undefined): string => {
  const [, said = ''] = /(?:^|[^]*\n) *-- ([^]*)$/.exec(comment || '') ?? [];
  return said
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|')
    .trim();
};

const cell = (standard: string): string => (standard === '' ? '' : `\`${standard.replaceAll('|', '\\|')}\``);
