/** An element, its children by name in their order, and its own text. */
export interface Element {
  readonly name: string;
  readonly children: readonly Element[];
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** As much of XML as requests of this API have: elements, text and entities. Throws for anything that is not well formed. */
export function parseXml(document: string): Element {
  const body = document.replace(/^\uFEFF?\s*(<\?xml[^>]*\?>)?\s*/, '');
  const stack: { name: string; children: Element[]; text: string }[] = [{ name: '', children: [], text: '' }];
  let at = 0;
  for (const match of body.matchAll(/<(\/?)([A-Za-z0-9:]+)((?:\s+[A-Za-z0-9:]+="[^"]*")*)\s*(\/?)>/g)) {
    const [tag, closing, name, , selfClosing] = match;
    stack.at(-1)!.text += decoded(body.slice(at, match.index));
    at = match.index + tag.length;
    if (!closing) stack.push({ name: name!, children: [], text: '' });
    if (!closing && !selfClosing) continue;
    const done = stack.pop()!;
    if (done.name !== name || stack.length === 0) throw new Error(`</${name ?? ''}> closes <${done.name}>`);
    stack.at(-1)!.children.push(done);
  }
  const [root, ...more] = stack[0]!.children;
  if (stack.length !== 1 || root === undefined || more.length > 0 || body.slice(at).trim() !== '')
    throw new Error('not one well-formed document');
  return root;
}

const decoded = (text: string): string => {
  if (text.includes('<')) throw new Error('a < that opens no element');
  return text.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (all, decimal?: string, hex?: string, named?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return ENTITIES[named ?? ''] ?? all;
  });
};

export const child = (element: Element | undefined, name: string): Element | undefined =>
  element?.children.find((each) => each.name === name);

export const textOf = (element: Element | undefined, name: string): string | undefined => child(element, name)?.text;

/** What an element holds: text, or elements; one that is undefined is left out. */
export type Content = string | number | boolean | undefined | readonly (readonly [string, Content])[];

const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

export const printXml = (root: string, content: Content): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${printed(root, content).replace('>', ` xmlns="${NAMESPACE}">`)}`;

function printed(name: string, content: Content): string {
  if (content === undefined) return '';
  if (typeof content !== 'object') return `<${name}>${escaped(String(content))}</${name}>`;
  return `<${name}>${content.map(([each, inner]) => printed(each, inner)).join('')}</${name}>`;
}

const escaped = (text: string): string =>
  text.replace(/[<>&"]/g, (one) => `&${Object.keys(ENTITIES).find((name) => ENTITIES[name] === one) ?? ''};`);
