import { messageOf } from '#libs/domain';
import { ChannelUnavailableError } from '../errors.js';

const TIMEOUT_MS = 10_000;
/** Where Slack's own addresses of this kind are. */
const SLACK_HOST = 'hooks.slack.com';

/** Answers to who typed a command. The address comes with the command, so it is used only where it leads to Slack. */
export class ResponseUrl {
  constructor(private readonly apiUrl: string) {}

  /** Nothing when there is no address, or another one. @throws ChannelUnavailableError */
  async say(address: string | undefined, text: string): Promise<void> {
    const url = URL.parse(address ?? '');
    if (!url || !this.isSlack(url)) return;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ response_type: 'ephemeral', text }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel().catch(() => undefined);
      if (!response.ok) throw new ChannelUnavailableError(`Slack answered a response with ${response.status}`);
    } catch (error) {
      if (error instanceof ChannelUnavailableError) throw error;
      throw new ChannelUnavailableError(`Slack took no response: ${messageOf(error)}`, { cause: error });
    }
  }

  private isSlack(url: URL): boolean {
    return (url.protocol === 'https:' && url.host === SLACK_HOST) || url.origin === new URL(this.apiUrl).origin;
  }
}
