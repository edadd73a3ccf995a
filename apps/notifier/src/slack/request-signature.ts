import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RefusalReason } from './refusals.js';

/** Slack: "If the request timestamp is more than five minutes from local time, it could be a replay attack". */
const WINDOW_MS = 300_000;
const SIGNATURE = /^v0=[0-9a-f]{64}$/;
/** Of those that are remembered at once; more would be a flood of genuine ones. */
const REMEMBERED_MAX = 10_000;

export interface SignedRequest {
  readonly signature: string | undefined;
  /** Unix seconds, as the header has it. */
  readonly timestamp: string | undefined;
  /** As it came, byte for byte. */
  readonly body: Buffer;
}

/**
 * Tells Slack's requests from all others, over the raw body: whatever read and wrote it anew would have changed it.
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export class RequestVerifier {
  /** Signatures that were taken, by when they are outside of the window. */
  private readonly taken = new Map<string, number>();

  constructor(private readonly signingSecret: string) {}

  /** Undefined when it is genuine, fresh and new. */
  refusalOf({ signature, timestamp, body }: SignedRequest, nowMs: number): RefusalReason | undefined {
    if (signature === undefined || timestamp === undefined) return 'unsigned';
    if (!SIGNATURE.test(signature) || !/^\d{1,12}$/.test(timestamp)) return 'forged';
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(this.sign(timestamp, body)))) return 'forged';
    const atMs = Number(timestamp) * 1_000;
    if (Math.abs(nowMs - atMs) > WINDOW_MS) return 'late';
    if (this.taken.has(signature)) return 'replayed';
    this.remember(signature, atMs + 2 * WINDOW_MS, nowMs);
    return undefined;
  }

  private sign(timestamp: string, body: Buffer): string {
    const mac = createHmac('sha256', this.signingSecret).update(`v0:${timestamp}:`).update(body);
    return `v0=${mac.digest('hex')}`;
  }

  private remember(signature: string, untilMs: number, nowMs: number): void {
    for (const [old, until] of this.taken) {
      if (until > nowMs && this.taken.size < REMEMBERED_MAX) break;
      this.taken.delete(old);
    }
    this.taken.set(signature, untilMs);
  }
}
