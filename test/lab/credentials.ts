import { readFileSync } from 'node:fs';
import { SystemRandom } from '#libs/runtime';
import type { RunDirectory } from './run-directory.js';

/** SASL principals of both clusters. `admin` is the super user and the brokers' own; `connect` owns the workers' internal topics. */
export const PRINCIPALS = ['admin', 'connect', 'signalbox', 'mm2-ab', 'mm2-ba', 'app'] as const;
export type Principal = (typeof PRINCIPALS)[number];

const random = new SystemRandom();

/** Passwords are new for every lab and live in files, one for each principal; beside it the login that Java wants. */
export function createPasswords(run: RunDirectory): void {
  for (const principal of PRINCIPALS) {
    run.write(random.id(), 'secrets', passwordFile(principal));
    run.write(jaas(run, principal), 'secrets', jaasFile(principal));
  }
}

export const passwordFile = (principal: Principal) => `${principal}.password`;
export const jaasFile = (principal: Principal) => `${principal}.jaas`;

export function passwordOf(run: RunDirectory, principal: Principal): string {
  return readFileSync(run.file('secrets', passwordFile(principal)), 'utf8');
}

/** The login of one principal, as Kafka's Java clients want it. */
export function jaas(run: RunDirectory, principal: Principal): string {
  return `org.apache.kafka.common.security.plain.PlainLoginModule required username="${principal}" password="${passwordOf(run, principal)}";`;
}

/** The login of the broker itself, with everybody it lets in. */
export function brokerJaas(run: RunDirectory): string {
  const users = PRINCIPALS.map((principal) => `user_${principal}="${passwordOf(run, principal)}"`).join(' ');
  return jaas(run, 'admin').replace(';', ` ${users};`);
}
