import { messageOf } from '#libs/domain';
import { guardedFetch } from '#libs/runtime';
import { DeadManService } from './dead-man-service.js';

/** A GET of an address that only the two of us know; its path is a secret, so messages name its host alone. */
export class HttpDeadManService extends DeadManService {
  constructor(
    private readonly url: URL,
    private readonly timeoutMs: number,
  ) {
    super();
  }

  override async hear(): Promise<string | undefined> {
    const { host } = this.url;
    try {
      const init = { redirect: 'manual', signal: AbortSignal.timeout(this.timeoutMs) } as const;
      const answer = await guardedFetch(this.url.href, { ...init, headers: { 'user-agent': 'signalbox' } });
      await answer.body?.cancel();
      return answer.ok ? undefined : `${host} answered ${answer.status}`;
    } catch (error) {
      const { cause } = error as { readonly cause?: unknown };
      return `${host} gave no answer: ${messageOf(cause ?? error).replaceAll(this.url.href, host)}`;
    }
  }
}
