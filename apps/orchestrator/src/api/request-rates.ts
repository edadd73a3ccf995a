import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/runtime';
import { ThisProcess } from '../this-process.js';
import { ApiError } from './api-error.js';
import { RateLimit } from './rate-limit.js';

/** An address that sends no valid token guesses, or is set up wrongly: a tenth of what a caller may is plenty. */
const STRANGERS = 0.1;

/**
 * How often somebody may ask. A caller counts by name, wherever it comes from; an address only by what it sends without a
 * valid token, so that nobody behind the same load balancer can keep the others out.
 */
@Injectable()
export class RequestRates {
  private readonly callers: RateLimit;
  private readonly addresses: RateLimit;

  constructor({ topology }: ThisProcess, clock: Clock) {
    const { perSecond, burst } = topology.api.rate;
    this.callers = new RateLimit(clock, { perSecond, burst });
    const strangers = { perSecond: perSecond * STRANGERS, burst: Math.max(1, Math.floor(burst * STRANGERS)) };
    this.addresses = new RateLimit(clock, strangers);
  }

  /** @throws ApiError 429 */
  ofCaller(name: string): void {
    assertNow(this.callers.take(name), `${name} asks too often.`);
  }

  /** @throws ApiError 429 */
  ofAddress(address: string): void {
    assertNow(this.addresses.take(address), 'Too many requests without a valid token came from this address.');
  }
}

function assertNow(waitMs: number, message: string): void {
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1_000);
  const headers = { 'retry-after': String(seconds) };
  throw new ApiError(429, 'SB_TOO_MANY_REQUESTS', message, `Try again in ${seconds} s.`, undefined, headers);
}
