import type { Header } from './etcd-wire.js';

/**
 * What the headers of all replies say of the cluster: its id, and the highest raft term, which rises with every
 * election. A member that answers under a lower term than was known when it was asked has not heard of the last
 * election: it is cut off, or a copy of what once was.
 */
export class EtcdCluster {
  #id: string | undefined;
  #term = 0;
  readonly #strangers = new Set<string>();

  /** The highest term so far: to be noted before a request is sent, since answers overtake each other. */
  get term(): number {
    return this.#term;
  }

  /** Why an answer cannot be believed; nothing when it can. */
  doubt(endpoint: string, header: Header | undefined, termWhenAsked: number): string | undefined {
    const { cluster_id: id, raft_term } = header ?? {};
    if (id === undefined || raft_term === undefined) return 'the answer does not say which cluster it is of';
    this.#id ??= id;
    if (id !== this.#id) {
      this.#strangers.add(endpoint);
      const remedy = 'correct journal.members in signalbox.yaml, or restart this process if the journal was restored';
      return `it belongs to the etcd cluster ${id} and not to ${this.#id}: ${remedy}`;
    }
    this.#strangers.delete(endpoint);
    const term = Number(raft_term);
    if (term < termWhenAsked) return `it is stale: it answers under raft term ${term}, and ${termWhenAsked} was seen`;
    this.#term = Math.max(this.#term, term);
    return undefined;
  }

  /** Whether it answered last as a member of another cluster. */
  isStranger(endpoint: string): boolean {
    return this.#strangers.has(endpoint);
  }
}
