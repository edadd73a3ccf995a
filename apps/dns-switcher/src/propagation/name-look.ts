import { messageOf, SignalboxError, type OwnerSeen, type ResolverSeen, type ServerSeen } from '#libs/domain';
import { DnsForeignRecordError } from '../errors.js';
import type { NameServer } from '../name-server.js';
import { seenAt } from '../seen-at.js';
import { heldByServers, SPREADING, type Held, type ServerAnswer } from './held.js';
import { askResolvers } from './resolver-round.js';
import type { WatchedName } from './watched-name.js';
import { zoneState, type ZoneState } from './zone-serial.js';

/** Everything that one look at a name found. */
export interface NameLook {
  readonly held: Held;
  readonly servers: readonly ServerSeen[];
  readonly resolvers: readonly ResolverSeen[];
  readonly owners: readonly OwnerSeen[];
}

/**
 * Looks at the provider first, then at every server that clients are sent to and at the resolvers of this site. What one
 * of them does not say keeps nobody from asking the others.
 */
export async function lookAt(
  watched: WatchedName,
  before: NameLook | undefined,
  limit: AbortSignal,
): Promise<NameLook> {
  const { provider, tracker, resolvers } = watched;
  const serving = (await provider.authorities(limit).catch(nothing))?.serving ?? [];
  const { held, servers } = await lookAtServers(watched, serving, limit);
  const target = tracker.current;
  const [resolved, owners] = await Promise.all([
    target ? askResolvers(resolvers, tracker.name, tracker.shape, target, limit) : [],
    watched.ownership.others(limit).catch(nothing),
  ]);
  // Whose name it is does not change because nobody could be asked.
  return { held, servers, resolvers: resolved, owners: owners ?? before?.owners ?? [] };
}

type Found = Pick<NameLook, 'held' | 'servers'>;

/** Where reading costs, the provider is asked once: what it holds from then on its servers show. */
async function lookAtServers(watched: WatchedName, serving: readonly NameServer[], limit: AbortSignal): Promise<Found> {
  const { tracker, provider } = watched;
  const addresses = serving.map(({ address }) => address);
  const before = tracker.changes;
  if (!provider.countsReads || tracker.current === undefined) {
    const held = await holdings(watched, limit);
    if ('target' in held) tracker.provided(held.target, addresses, before);
    const { changes } = tracker;
    const asked = await Promise.all(serving.map((server) => askServer(watched, server, limit)));
    return { held, servers: asked.map((answer) => serverSeen(watched, answer, changes === tracker.changes)) };
  }
  const asked = await Promise.all(serving.map((server) => askServer(watched, server, limit)));
  const isOfNow = tracker.changes === before;
  const held = isOfNow ? heldByServers(asked, tracker) : SPREADING;
  if ('target' in held) tracker.provided(held.target, addresses, before);
  return { held, servers: asked.map((answer) => serverSeen(watched, answer, isOfNow)) };
}

async function holdings({ resource }: WatchedName, limit: AbortSignal): Promise<Held> {
  try {
    const { value, epoch } = await resource.read(limit);
    return { target: value, epoch };
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    return { problem: messageOf(error), isForeign: error instanceof DnsForeignRecordError };
  }
}

interface Asked extends ServerAnswer {
  readonly address: string;
  readonly state: ZoneState | undefined;
}

async function askServer({ tracker, zone }: WatchedName, server: NameServer, limit: AbortSignal): Promise<Asked> {
  const { address } = server;
  const [answer, state] = await Promise.all([
    seenAt(server, [tracker.name], limit).then(
      ([seen]): ServerAnswer => ({ ...(seen && { seen }) }),
      (error: unknown): ServerAnswer => {
        if (!(error instanceof SignalboxError)) throw error;
        return { problem: error };
      },
    ),
    zoneState(server, zone, limit),
  ]);
  return { address, state, ...answer };
}

/** `isOfNow`: we did not change the name since it was asked; else it says nothing about the time after that. */
function serverSeen({ tracker }: WatchedName, { address, seen, state }: Asked, isOfNow: boolean): ServerSeen {
  if (state) tracker.negativeTtl(state.negativeTtlSeconds);
  const gives = seen && isOfNow ? tracker.answered(address, seen.sets) : undefined;
  return { address, gives: gives ?? 'nothing', ...(state && { serial: state.serial }) };
}

function nothing(error: unknown): undefined {
  if (!(error instanceof SignalboxError)) throw error;
}
