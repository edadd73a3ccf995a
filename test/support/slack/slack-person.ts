import type { Delivered, SlackSimulator } from './slack-simulator.js';
import type { OpenView } from './workspace.js';

/** Somebody in Slack, and what they can do there: what they do is what Slack would send. */
export class SlackPerson {
  constructor(
    private readonly slack: SlackSimulator,
    readonly id: string,
    private readonly team = slack.workspace.team,
  ) {}

  /** Clicks a button of a message; fails when there is none, as with a message that was decided. */
  click(ts: string, actionId: string): Promise<Delivered> {
    const message = this.slack.workspace.message(ts);
    const button = message?.blocks.flatMap(({ elements = [] }) => elements).find((each) => each.action_id === actionId);
    if (!button) throw new Error(`There is no ${actionId} to click`);
    return this.clickAnyway(ts, actionId, button.value ?? '');
  }

  /** As from a client that still shows an old message. */
  clickAnyway(ts: string, actionId: string, value: string): Promise<Delivered> {
    return this.slack.send('interactive', {
      type: 'block_actions',
      team: { id: this.team, domain: 'ops' },
      user: { id: this.id, username: 'somebody', name: 'somebody' },
      api_app_id: 'A0SIGNALBOX',
      trigger_id: this.slack.workspace.newTrigger(this.id),
      container: { type: 'message', message_ts: ts, channel_id: this.slack.workspace.channel },
      channel: { id: this.slack.workspace.channel },
      actions: [{ type: 'button', action_id: actionId, block_id: 'signalbox-decide', value }],
    });
  }

  /** The form that was opened for this person last. */
  get form(): OpenView | undefined {
    return this.slack.workspace.views.findLast(({ user }) => user === this.id);
  }

  /** Sends a form: texts by block. */
  submit(form: OpenView, typed: Readonly<Record<string, string>>, retry?: number): Promise<Delivered> {
    const values = Object.fromEntries(
      (form.blocks ?? []).flatMap(({ type, block_id, element }) =>
        type === 'input' && block_id && element?.action_id
          ? [[block_id, { [element.action_id]: { type: 'plain_text_input', value: typed[block_id] ?? null } }]]
          : [],
      ),
    );
    const { id, callback_id, private_metadata } = form;
    return this.slack.send(
      'interactive',
      {
        type: 'view_submission',
        team: { id: this.team },
        user: { id: this.id },
        view: { id, callback_id, private_metadata, state: { values } },
      },
      retry,
    );
  }

  command(text: string): Promise<Delivered> {
    return this.slack.send('slash_commands', {
      team_id: this.team,
      user_id: this.id,
      channel_id: this.slack.workspace.channel,
      command: '/signalbox',
      text,
      trigger_id: this.slack.workspace.newTrigger(this.id),
      response_url: `http://${this.slack.origin}/response/${this.slack.workspace.next()}`,
    });
  }
}
