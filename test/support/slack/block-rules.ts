/** What Slack checks of blocks and views, with the words of its reference. An error is what the API answers. */

interface Text {
  readonly type?: string;
  readonly text?: string;
}

export interface Element {
  readonly type?: string;
  readonly action_id?: string;
  readonly text?: Text | string;
  readonly value?: string;
}

export interface Block {
  readonly type?: string;
  readonly block_id?: string;
  readonly text?: Text;
  readonly label?: Text;
  readonly elements?: readonly Element[];
  readonly element?: Element;
  readonly optional?: boolean;
}

export interface View {
  readonly type?: string;
  readonly callback_id?: string;
  readonly private_metadata?: string;
  readonly title?: Text;
  readonly submit?: Text;
  readonly blocks?: readonly Block[];
}

/** "You can include up to 50 blocks in each message, and 100 blocks in modals". docs.slack.dev/reference/block-kit/blocks */
const MESSAGE_BLOCKS_MAX = 50;
const VIEW_BLOCKS_MAX = 100;

/** Undefined when Slack would take them. */
export function blocksProblem(blocks: readonly Block[], max = MESSAGE_BLOCKS_MAX): string | undefined {
  if (blocks.length > max) return `more than ${max} blocks`;
  const ids = blocks.flatMap(({ block_id }) => block_id ?? []);
  // "block_id should be unique for each message"
  if (new Set(ids).size !== ids.length) return 'block_id is not unique';
  return blocks.map(blockProblem).find((problem) => problem !== undefined);
}

function blockProblem(block: Block): string | undefined {
  const { type = '', text, elements = [], element, label, block_id = '' } = block;
  if (block_id.length > 255) return 'block_id: "Maximum length for this field is 255 characters"';
  switch (type) {
    case 'header':
      // "The text for the block, in the form of a plain_text text object. Maximum length ... is 150 characters"
      return text?.type === 'plain_text' ? textProblem(text, 150) : 'header wants plain_text';
    case 'section':
      // "Minimum length for the text in this field is 1 and maximum length is 3000 characters"
      return textProblem(text, 3_000);
    case 'context':
      // "An array of image elements and text objects. Maximum number of items is 10"
      if (elements.length > 10) return 'more than 10 context elements';
      return elements.map((each) => textProblem(each as Text, 3_000)).find((problem) => problem !== undefined);
    case 'actions':
      // "There is a maximum of 25 elements in each action block"
      if (elements.length > 25) return 'more than 25 actions';
      return elements.map(buttonProblem).find((problem) => problem !== undefined);
    case 'input':
      // "A label ... in the form of a text object that must have type of plain_text. Maximum length ... 2000"
      if (label?.type !== 'plain_text') return 'label wants plain_text';
      return element?.type === 'plain_text_input' ? textProblem(label, 2_000) : 'no input element of ours';
    default:
      return `unsupported block ${type}`;
  }
}

function textProblem(text: Text | undefined, max: number): string | undefined {
  const length = text?.text?.length ?? 0;
  if (text?.type !== 'plain_text' && text?.type !== 'mrkdwn') return 'no text object';
  return length >= 1 && length <= max ? undefined : `text of ${length} characters, not 1 to ${max}`;
}

/** "Maximum length for the text in this field is 75 characters"; value 2000; action_id 255. */
function buttonProblem({ type, text, value = '', action_id = '' }: Element): string | undefined {
  if (type !== 'button' || typeof text !== 'object') return 'no button';
  if (value.length > 2_000 || action_id.length === 0 || action_id.length > 255) return 'value or action_id too long';
  return textProblem(text, 75);
}

/** docs.slack.dev/reference/views/modal-views */
export function viewProblem(view: View): string | undefined {
  const { type, title, submit, blocks = [], private_metadata = '', callback_id = '' } = view;
  if (type !== 'modal') return 'no modal';
  // "The title that appears in the top-left of the modal. Must be a plain_text text element with a max length of 24"
  const titleProblem = textProblem(title, 24);
  if (titleProblem) return titleProblem;
  // "private_metadata: A string ... Max length of 3000 characters"; callback_id "Max length of 255 characters"
  if (private_metadata.length > 3_000 || callback_id.length > 255) return 'private_metadata or callback_id too long';
  // "submit is required when an input block is within the blocks array"
  if (!submit && blocks.some((block) => block.type === 'input')) return 'input without submit';
  return blocksProblem(blocks, VIEW_BLOCKS_MAX);
}
