import type { ConfigData } from '#libs/domain';
import type { KeyRendering } from './kubernetes.js';
import { mappingText, serversIn } from './proxy-mapping.js';

/** The text of a key that says `data`. The same data gives the same text, whatever order its settings came in. */
export function renderedData(rendering: KeyRendering, data: ConfigData): string {
  switch (rendering.as) {
    case 'value':
      return data[rendering.setting] ?? '';
    case 'properties':
      return sorted(data)
        .map(([setting, text]) => `${escaped(setting, true)}=${escaped(text, false)}\n`)
        .join('');
    case 'json':
      return `${JSON.stringify(Object.fromEntries(sorted(data)), null, 2)}\n`;
    case 'kafka-proxy':
    case 'kroxylicious':
      return mappingText(rendering, data[rendering.setting] ?? '');
  }
}

/** What a text says; undefined where it is none of its kind. A single value, or a mapping, tells one setting only. */
export function dataOf(rendering: KeyRendering, text: string): ConfigData | undefined {
  switch (rendering.as) {
    case 'value':
      return { [rendering.setting]: text };
    case 'properties':
      return propertiesIn(text);
    case 'json':
      return jsonIn(text);
    case 'kafka-proxy':
    case 'kroxylicious': {
      const servers = serversIn(rendering, text);
      return servers === undefined ? undefined : { [rendering.setting]: servers };
    }
  }
}

const sorted = (data: ConfigData): readonly (readonly [string, string])[] =>
  Object.entries(data).toSorted(([one], [other]) => (one < other ? -1 : 1));

/** As java.util.Properties stores it: what has a meaning there stands behind a backslash. */
const escaped = (text: string, isKey: boolean): string =>
  text
    .replaceAll(/[\\\n\r\t\f]/g, (found) => ESCAPES[found] ?? found)
    .replace(isKey ? /[ =:#!]/g : /^ /, (found) => `\\${found}`);

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f' };
const MEANINGS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

function propertiesIn(text: string): ConfigData {
  const lines = text.replaceAll(/((?:^|[^\\])(?:\\\\)*)\\\r?\n[ \t\f]*/g, '$1').split(/\r?\n/);
  return Object.fromEntries(
    lines
      .map((line) => line.trimStart())
      .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('!'))
      .map((line) => {
        const key = /^(?:\\.|[^\\ \t\f=:])*/.exec(line)?.[0] ?? '';
        const value = line.slice(key.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
        return [unescaped(key), unescaped(value)];
      }),
  );
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\u([0-9a-fA-F]{4})|\\(.)/g, (_all, code: string | undefined, character: string) =>
    code === undefined ? (MEANINGS[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );

function jsonIn(text: string): ConfigData | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return isTexts(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

const isTexts = (found: unknown): found is ConfigData =>
  typeof found === 'object' &&
  found !== null &&
  !Array.isArray(found) &&
  Object.values(found).every((each) => typeof each === 'string');
