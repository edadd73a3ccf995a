import type { FactoryProvider } from '@nestjs/common';
import { Clock, Log, Metrics, Readiness, readSecret, SecretError } from '#libs/runtime';
import type { Site } from '#libs/topology';
import { Heartbeat } from './heartbeat.js';
import { HttpDeadManService } from './http.dead-man-service.js';

export interface HeartbeatAddress {
  readonly url: URL;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

/** Reads the address from where signalbox.yaml says. @throws SecretError, which does not repeat it */
export async function heartbeatAddress(
  { url: ref, everyMs }: NonNullable<Site['heartbeat']>,
  timeoutMs: number,
): Promise<HeartbeatAddress> {
  const text = (await readSecret(ref, 'address of the dead-man service')).trim();
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new SecretError(`The address of the dead-man service in ${ref.file} is no http(s) address. Put one there.`);
  }
  return { url: new URL(text), everyMs, timeoutMs };
}

export const heartbeatProvider = ({ url, everyMs, timeoutMs }: HeartbeatAddress): FactoryProvider<Heartbeat> => ({
  provide: Heartbeat,
  inject: [Clock, Log, Metrics, Readiness],
  useFactory: (clock: Clock, log: Log, metrics: Metrics, readiness: Readiness) =>
    new Heartbeat({ service: new HttpDeadManService(url, timeoutMs), clock, log, metrics, readiness }, everyMs),
});
