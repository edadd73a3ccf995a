import {
  messageOf,
  SignalboxError,
  type Epoch,
  type NameTarget,
  type OwnerSeen,
  type ResolverSeen,
  type ServerSeen,
} from '#libs/domain';
import { DnsForeignRecordError } from '../errors.js';
import type { NameServer } from '../name-server.js';
import { seenAt } from '../seen-at.js';
import type { WatchedName } from './watched-name.js';
import { askResolvers } from './resolver-round.js';
import { zoneState } from './zone-serial.js';

/** Everything that one look at a name found. */
export interface NameLook {
  readonly held:
    { readonly target: NameTarget; readonly epoch: Epoch } | { readonly problem: string; readonly isForeign: boolean };
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
  const { changes } = tracker;
  const held = await holdings(watched, limit);
  const authorities = await provider.authorities(limit).catch(nothing);
  const serving = authorities?.serving ?? [];
  if ('target' in held)
    tracker.provided(
      held.target,
      serving.map(({ address }) => address),
      changes,
    );
  const servers = await Promise.all(serving.map((server) => serverSeen(watched, server, limit)));
  const target = tracker.current;
  const [resolved, owners] = await Promise.all([
    target ? askResolvers(resolvers, tracker.name, tracker.shape, target, limit) : [],
    watched.ownership.others(limit).catch(nothing),
  ]);
  // Whose name it is does not change because nobody could be asked.
  return { held, servers, resolvers: resolved, owners: owners ?? before?.owners ?? [] };
}

async function holdings({ resource }: WatchedName, limit: AbortSignal): Promise<NameLook['held']> {
  try {
    const { value, epoch } = await resource.read(limit);
    return { target: value, epoch };
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    return { problem: messageOf(error), isForeign: error instanceof DnsForeignRecordError };
  }
}

async function serverSeen({ tracker, zone }: WatchedName, server: NameServer, limit: AbortSignal): Promise<ServerSeen> {
  const { address } = server;
  const { changes } = tracker;
  const [seen, state] = await Promise.all([
    seenAt(server, [tracker.name], limit).catch(nothing),
    zoneState(server, zone, limit),
  ]);
  if (state) tracker.negativeTtl(state.negativeTtlSeconds);
  const [own] = seen ?? [];
  // What was asked before the name changed says nothing about the time after it.
  const gives = own && changes === tracker.changes ? tracker.answered(address, own.sets) : undefined;
  return { address, gives: gives ?? 'nothing', ...(state && { serial: state.serial }) };
}

function nothing(error: unknown): undefined {
  if (!(error instanceof SignalboxError)) throw error;
}
