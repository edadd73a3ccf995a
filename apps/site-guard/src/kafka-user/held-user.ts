import type { Epoch } from '#libs/domain';
import { epochIn, STAMPS, stampsOf, type Stamps } from '#libs/kubernetes';
import { KafkaUserUnpreparedError } from '../errors.js';
import { denialsIn, oursIn, type Denial, type Denied } from './denials.js';
import { kafkaUserWire } from './kafka-user.wire.js';

/** What we deny it, as JSON: which of its rules are ours. */
export const DENIED = 'signalbox.io/denied-writes';

/** A KafkaUser, as it was seen. */
export interface HeldUser extends Denied {
  /** `KafkaUser kafka/orders-app` */
  readonly name: string;
  /** As Kafka knows it: `User:CN=orders-app`. */
  readonly principal: string;
  /** The resourceVersion, which a patch compares. */
  readonly version: string;
  readonly epoch: Epoch;
  readonly stamps: Stamps;
  /** What it is denied to write to, by whomever. */
  readonly denied: ReadonlySet<Denial>;
}

/** @throws MalformedError, EpochPoisonedError, KafkaUserUnpreparedError */
export function heldUser(answer: unknown, name: string): HeldUser {
  const { metadata, spec, status } = kafkaUserWire(answer, name);
  const { authentication, authorization } = spec ?? {};
  if (authorization?.type !== 'simple')
    throw new KafkaUserUnpreparedError(name, 'has no authorization of type simple: its rules are not in it');
  const annotations = metadata.annotations ?? {};
  const acls = authorization.acls ?? [];
  const username = status?.username ?? usernameBy(authentication?.type, metadata.name);
  if (!username) throw new KafkaUserUnpreparedError(name, 'says in no way how it logs in: give it an authentication');
  return {
    name,
    principal: `User:${username}`,
    version: metadata.resourceVersion,
    epoch: epochIn(annotations[STAMPS.epoch], name),
    stamps: stampsOf(metadata),
    acls,
    made: madeIn(annotations[DENIED], name),
    denied: denialsIn(acls),
  };
}

/** Equal exactly while nothing that is ours has changed: its owner may go on changing the rest. */
export const versionOf = (user: HeldUser): string =>
  [user.name, `epoch ${user.epoch}`, ...[...oursIn(user)].sort()].join('\n');

/** As the User Operator derives it, before it has said so in the status. */
function usernameBy(authentication: string | undefined, name: string): string | undefined {
  if (authentication === 'scram-sha-512') return name;
  return authentication === 'tls' || authentication === 'tls-external' ? `CN=${name}` : undefined;
}

function madeIn(text: string | undefined, name: string): ReadonlySet<Denial> {
  if (text === undefined) return new Set();
  try {
    const found: unknown = JSON.parse(text);
    if (Array.isArray(found) && found.every((each) => typeof each === 'string')) return new Set(found);
  } catch {
    // As below.
  }
  throw new KafkaUserUnpreparedError(
    name,
    `has an annotation ${DENIED} that is no list of texts: correct or remove it`,
  );
}
