import { messageOf, SignalboxError } from '#libs/domain';
import type { Log } from '#libs/runtime';
import type { Interactions, Say } from './interactions.js';
import { code, literal } from './mrkdwn.js';
import { CommandWire, type Command } from './payloads.js';
import type { Refusals } from './refusals.js';
import { TAKEN, type Reply } from './reply.js';
import type { ResponseUrl } from './response-url.js';
import type { SlackStatus } from './slack-status.js';

const HELP = [
  `${code('/signalbox status')} how every group is, and what waits for people`,
  `${code('/signalbox approve approval-…')} or ${code('deny approval-…')} opens the form`,
  `${code('/signalbox freeze orders')} how to keep a group from moving`,
].join('\n');

export interface CommandPorts {
  readonly team: string;
  readonly interactions: Interactions;
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
    const [verb = 'help', what = ''] = text.trim().split(/\s+/);
    switch (verb) {
      case 'status':
        return say(await this.ports.status.text());
      case 'approve':
      case 'deny': {
        if (what === '') return say(`Which one? ${code(`/signalbox ${verb} approval-…`)}; status says which are open.`);
        const decision = verb === 'approve' ? 'grant' : 'deny';
        return this.ports.interactions.ask({ user, trigger, approval: what, decision }, say);
      }
      case 'freeze':
        return say(
          `A relay may hand in answers and nothing else. Freeze with your own right: ${code(`signalbox freeze ${what || '<group>'} --for 1h --reason '<why>'`)}`,
        );
      default:
        return say(HELP);
    }
  }
}
