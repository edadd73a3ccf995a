import { blocksProblem, viewProblem, type Block, type View } from './block-rules.js';
import type { Message, Workspace } from './workspace.js';

export type Arguments = Readonly<Record<string, string>>;
export type Answer =
  { readonly ok: true; readonly [key: string]: unknown } | { readonly ok: false; readonly error: string };

const refused = (error: string): Answer => ({ ok: false, error });

/** docs.slack.dev/reference/methods/chat.postMessage: "Text exceeds 40,000 characters" is msg_too_long. */
const TEXT_MAX = 40_000;

type Method = (workspace: Workspace, given: Arguments, address: { readonly socketUrl: string }) => Answer;

/** The methods that are used, and the errors that the reference lists for them. */
export const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': (workspace) => ({ ok: true, team_id: workspace.team, user_id: 'U0BOT', bot_id: workspace.bot }),

  'chat.postMessage': (workspace, given) => {
    const problem = whereProblem(workspace, given) ?? contentProblem(given);
    if (problem) return refused(problem);
    const thread = given['thread_ts'];
    // "thread_not_found"? Slack posts such a message as a root of its own; we want to know.
    if (thread !== undefined && !workspace.message(thread)) return refused('thread_not_found');
    const message: Message = {
      ts: workspace.newTs(),
      thread,
      broadcast: given['reply_broadcast'] === 'true',
      metadata: parsed(given['metadata']) as Message['metadata'],
      bot: workspace.bot,
      text: given['text'] ?? '',
      blocks: blocksIn(given),
      edits: 0,
    };
    workspace.messages.push(message);
    return { ok: true, channel: workspace.channel, ts: message.ts, message: { text: message.text } };
  },

  // "message_not_found: No message exists with the requested timestamp"
  'chat.update': (workspace, given) => {
    const problem = whereProblem(workspace, given) ?? contentProblem(given);
    const message = workspace.message(given['ts'] ?? '');
    if (problem ?? !message) return refused(problem ?? 'message_not_found');
    if (!message) return refused('message_not_found');
    message.text = given['text'] ?? '';
    message.blocks = blocksIn(given);
    message.edits += 1;
    return { ok: true, channel: workspace.channel, ts: message.ts };
  },

  // "user_not_in_channel: Intended recipient is not in the specified channel"
  'chat.postEphemeral': (workspace, given) => {
    const problem = whereProblem(workspace, given) ?? contentProblem(given);
    if (problem) return refused(problem);
    if (!given['user']) return refused('user_not_in_channel');
    workspace.whispers.push({ user: given['user'], text: given['text'] ?? '' });
    return { ok: true, message_ts: workspace.newTs() };
  },

  'views.open': (workspace, given) => {
    const view = parsed(given['view']) as View | undefined;
    const problem = view ? viewProblem(view) : 'no view';
    if (!view || problem) return refused('invalid_arguments');
    const opened = workspace.useTrigger(given['trigger_id'] ?? '');
    if (typeof opened === 'string') return refused(opened);
    workspace.views.push({ ...view, id: `V${workspace.next()}`, user: opened.user });
    return { ok: true, view: { id: `V${workspace.next()}` } };
  },

  // "no_such_subteam: User group specified does not exist"
  'usergroups.users.list': (workspace, given) => {
    const users = workspace.userGroups.get(given['usergroup'] ?? '');
    return users ? { ok: true, users } : refused('no_such_subteam');
  },

  // "include_all_metadata: Return all metadata associated with this message", and none without it
  'conversations.history': (workspace, given) => {
    const problem = whereProblem(workspace, given);
    return problem ? refused(problem) : { ok: true, messages: shown(workspace.roots, given) };
  },

  'conversations.replies': (workspace, given) => {
    const problem = whereProblem(workspace, given);
    const ts = given['ts'] ?? '';
    if (problem) return refused(problem);
    return workspace.message(ts)
      ? { ok: true, messages: shown(workspace.threadOf(ts), given) }
      : refused('thread_not_found');
  },

  'apps.connections.open': (_, __, { socketUrl }) => ({ ok: true, url: socketUrl }),
};

function whereProblem(workspace: Workspace, given: Arguments): string | undefined {
  if (given['channel'] !== workspace.channel) return 'channel_not_found';
  return workspace.isBotInChannel ? undefined : 'not_in_channel';
}

function contentProblem(given: Arguments): string | undefined {
  const text = given['text'] ?? '';
  const blocks = blocksIn(given);
  if (text === '' && blocks.length === 0) return 'no_text';
  if (text.length > TEXT_MAX) return 'msg_too_long';
  return blocksProblem(blocks) ? 'invalid_blocks' : undefined;
}

const blocksIn = (given: Arguments): readonly Block[] => (parsed(given['blocks']) as Block[] | undefined) ?? [];

const shown = (messages: readonly Message[], given: Arguments) =>
  messages
    .filter(({ ts }) => Number(ts) >= Number(given['oldest'] ?? 0))
    .map(({ ts, text, bot, metadata }) => ({
      ts,
      text,
      bot_id: bot,
      ...(given['include_all_metadata'] === 'true' && { metadata }),
    }));

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
