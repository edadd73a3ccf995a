import { Injectable } from '@nestjs/common';
import { decodeOrThrow } from '#libs/contracts';
import { AnsweredRequestWire, Journal, keys, type AnsweredRequest } from '#libs/journal';
import { ApiError } from '../api/api-error.js';
import type { Asked } from './asked.js';

/** What requests with an idempotency key were answered. */
@Injectable()
export class KeptAnswers {
  constructor(private readonly journal: Journal) {}

  /** Undefined when the request is new. @throws ApiError when its key belongs to another request */
  async find({ caller, identity }: Asked): Promise<AnsweredRequest | undefined> {
    if (!identity) return undefined;
    const key = keys.request(identity.key);
    const [entry] = (await this.journal.read(key)).entries;
    if (!entry) return undefined;
    const kept = decodeOrThrow(AnsweredRequestWire, entry.value, key);
    const { route, bodyHash } = identity;
    if (kept.caller === caller.name && kept.route === route && kept.bodyHash === bodyHash) return kept;
    const message = `Idempotency key ${identity.key} was used for another request: ${kept.route} by ${kept.caller}.`;
    throw new ApiError(409, 'SB_KEY_REUSED', message, 'Send a new key with every new request.');
  }
}
