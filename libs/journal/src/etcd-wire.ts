import type { Change, Condition, Entry, LeaseId, Revision, WatchEvent } from './journal.js';
import { isPrefix } from './names.js';

/**
 * etcd v3 as its JSON gateway writes it: keys and values in base64, 64-bit integers as strings, and fields that are
 * false, zero or empty left out.
 * @see https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 */
export interface Header {
  readonly cluster_id?: string;
  readonly raft_term?: string;
  readonly revision?: string;
}

export interface KeyValue {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision: string;
}

export interface TxnReply {
  readonly header: Header;
  readonly succeeded?: boolean;
  readonly responses?: readonly { readonly response_range?: { readonly kvs?: readonly KeyValue[] } }[];
}

export interface WatchReply {
  readonly error?: { readonly message?: string };
  readonly result?: {
    readonly header: Header;
    readonly created?: boolean;
    readonly canceled?: boolean;
    readonly cancel_reason?: string;
    readonly compact_revision?: string;
    readonly events?: readonly { readonly type?: 'DELETE'; readonly kv: KeyValue }[];
  };
}

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/** A stream's replies, such as that of a renewal, stand in `result`. */
export const headerOf = (reply: unknown): Header | undefined => {
  const { header, result } = reply as { readonly header?: Header; readonly result?: { readonly header?: Header } };
  return header ?? result?.header;
};

export const revisionOf = (header: Header): Revision => Number(header.revision ?? 0) as Revision;

/** A prefix ends in `/`, so the first key after all of its keys has a `0`, the next character, in that place. */
export const range = (name: string): { readonly key: string; readonly range_end?: string } =>
  isPrefix(name) ? { key: encode(name), range_end: encode(`${name.slice(0, -1)}0`) } : { key: encode(name) };

export const compare = (condition: Condition): object => {
  const key = encode(condition.key);
  switch (condition.kind) {
    case 'absent':
      return { key, result: 'EQUAL', target: 'CREATE', create_revision: '0' };
    case 'unchanged':
      return { key, result: 'EQUAL', target: 'MOD', mod_revision: String(condition.revision) };
    case 'equals':
      return { key, result: 'EQUAL', target: 'VALUE', value: encode(condition.value) };
  }
};

export const operation = (change: Change): object => {
  const key = encode(change.key);
  if (change.kind === 'delete') return { request_delete_range: { key } };
  return { request_put: { key, value: encode(change.value), lease: change.lease ?? ('0' as LeaseId) } };
};

export const entryOf = ({ key, value, mod_revision }: KeyValue): Entry => ({
  key: decode(key),
  value: decode(value ?? ''),
  revision: Number(mod_revision) as Revision,
});

export const watchEventOf = ({ type, kv }: { readonly type?: 'DELETE'; readonly kv: KeyValue }): WatchEvent =>
  type === 'DELETE'
    ? { kind: 'delete', key: decode(kv.key), revision: Number(kv.mod_revision) as Revision }
    : { kind: 'put', entry: entryOf(kv) };
