import { parseDuration } from '#libs/contracts';
import { messageOf, SignalboxError } from '#libs/domain';
import type { Log } from '#libs/runtime';
import type { AnswerDesk, WantedFreeze } from './answer-desk.js';
import type { Interactions } from './interactions.js';
import { code, literal } from './mrkdwn.js';
import { CommandWire, isVerb, type Command } from './payloads.js';
import type { Refusals } from './refusals.js';
import { TAKEN, type Reply, type Say } from './reply.js';
import type { ResponseUrl } from './response-url.js';
import type { SlackStatus } from './slack-status.js';

const HELP = [
  `${code('/signalbox status')} how every group is, and what waits for people`,
  `${code('/signalbox approve approval-…')} or ${code('deny approval-…')} opens the form`,
  `${code('/signalbox freeze <group> <1h> <why>')} keeps a group from moving for a while`,
].join('\n');

export interface CommandPorts {
  readonly team: string;
  readonly interactions: Interactions;
  readonly desk: AnswerDesk;
  readonly status: SlackStatus;
  readonly responses: ResponseUrl;
  readonly refusals: Refusals;
  readonly log: Log;
}

/** `/signalbox …`: the answer is seen by whoever typed it. */
export class SlashCommands {
  constructor(private readonly ports: CommandPorts) {}

  take(payload: unknown): Reply {
    const { refusals, team } = this.ports;
    const read = CommandWire.safeParse(payload);
    if (!read.success) {
      refusals.count('malformed');
      return TAKEN;
    }
    if (read.data.team_id !== team) {
      refusals.count('other-workspace');
      return TAKEN;
    }
    return { work: () => this.perform(read.data) };
  }

  private async perform(command: Command): Promise<void> {
    const say: Say = (text) => this.ports.responses.say(command.response_url, text);
    try {
      await this.answer(command, say);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.ports.log.warn(`A command in Slack came to nothing: ${error.message}`);
      await say(`This did not work: ${literal(messageOf(error))}`).catch(() => undefined);
    }
  }

  private async answer({ text, user_id: user, trigger_id: trigger }: Command, say: Say): Promise<void> {
    const [verb = 'help', what = '', ...rest] = text.trim().split(/\s+/);
    if (verb === 'status') return say(await this.ports.status.text());
    if (verb === 'freeze') return this.freeze({ user, click: trigger, group: what }, rest, say);
    if (!isVerb(verb)) return say(HELP);
    if (what === '') return say(`Which one? ${code(`/signalbox ${verb} approval-…`)}; status says which are open.`);
    return this.ports.interactions.ask({ user, trigger, approval: what, verb }, say);
  }

  private async freeze(by: Pick<WantedFreeze, 'user' | 'click' | 'group'>, rest: readonly string[], say: Say) {
    const [time = '', ...words] = rest;
    const forMs = parseDuration(time);
    const reason = words.join(' ');
    if (!forMs || reason === '')
      return say(`For how long, and why? ${code(`/signalbox freeze ${by.group || 'orders'} 1h new racks`)}`);
    return this.ports.desk.freeze({ ...by, forMs, reason }, say);
  }
}
