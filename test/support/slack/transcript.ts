import type { Block, Element } from './block-rules.js';
import type { Message, Workspace } from './workspace.js';

/** A channel as people read it: messages with their threads, forms, and what was said in private. Times are left out. */
export function transcriptOf(workspace: Workspace): string {
  const { roots, views, whispers } = workspace;
  const parts = [
    ...roots.map((root) =>
      [messageText(root), ...workspace.threadOf(root.ts).map((line) => indented(messageText(line)))].join('\n'),
    ),
    ...views.map(
      ({ user, title, blocks = [] }) =>
        `form for ${user}: ${title?.text}\n${indented(blocks.map(blockText).join('\n'))}`,
    ),
    ...whispers.map(({ user, text }) => `only ${user} sees: ${text}`),
  ];
  return parts.join('\n\n').replace(MOMENT, '‹time›');
}

/** As moments stand in a message, and in its one line for phones. */
const MOMENT = /<!date[^>]*>|\d\d:\d\d:\d\d UTC/g;

const messageText = ({ text, blocks, edits, broadcast }: Message): string =>
  [
    `signalbox${edits > 0 ? ' (edited)' : ''}${broadcast ? ' (also in the channel)' : ''}: ${text}`,
    ...blocks.map((block) => indented(blockText(block))),
  ].join('\n');

function blockText({ type, text, elements = [], label }: Block): string {
  switch (type ?? '') {
    case 'header':
      return `# ${text?.text}`;
    case 'actions':
      return elements.map((each) => `[ ${textIn(each)} ]`).join(' ');
    case 'context':
      return elements.map(textIn).join('\n');
    case 'input':
      return `${label?.text}: ____`;
    default:
      return text?.text ?? '';
  }
}

const textIn = ({ text }: Element): string => (typeof text === 'string' ? text : (text?.text ?? ''));
const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');
