import { ApiServer, credentialsBy, type Environment, type Owner } from '#libs/kubernetes';
import type { Clock } from '#libs/runtime';
import type { FlowDriver } from '#libs/topology';
import type { EndOffsets } from '../connect-rest.mirror.js';
import type { PositionsSource } from '../positions-source.js';
import { AlteredPositions } from './altered-positions.js';
import { ListedPositions } from './listed-positions.js';
import { MirrorMaker } from './mirror-maker.js';
import { OperatorRequests } from './operator-requests.js';
import { StrimziMirror } from './strimzi.mirror.js';
import { StrimziPositions } from './strimzi.positions.js';

/** The operator is given time between two looks: its own take it some hundred milliseconds at least. */
const POLL_MS = 250;

export type { Environment } from '#libs/kubernetes';

export interface StrimziFlow {
  readonly driver: FlowDriver<'strimzi'>;
  readonly sourceAlias: string;
  readonly owner: Owner;
}

export interface StrimziPorts {
  readonly clock: Clock;
  /** Of one request. */
  readonly callTimeoutMs: number;
  readonly environment: Environment;
}

/** The resource of a flow at the API server of this site, which it connects to when it is asked. */
export function mirrorMakerOf({ driver, sourceAlias, owner }: StrimziFlow, ports: StrimziPorts): MirrorMaker {
  const { clock, callTimeoutMs, environment } = ports;
  const api = new ApiServer(credentialsBy(driver.access, environment), clock, { callTimeoutMs });
  return new MirrorMaker(api, clock, { driver, sourceAlias, owner });
}

export interface StrimziResources {
  readonly mirror: StrimziMirror;
  readonly positions: StrimziPositions;
  /** As they are now. */
  readonly stored: PositionsSource;
}

export function strimziResources(
  mirrorMaker: MirrorMaker,
  ends: EndOffsets,
  clock: Clock,
  reportMs: number,
  pollMs = POLL_MS,
): StrimziResources {
  const requests = new OperatorRequests(mirrorMaker, clock, pollMs);
  const listed = new ListedPositions(mirrorMaker, requests);
  const altered = new AlteredPositions(mirrorMaker, clock);
  return {
    mirror: new StrimziMirror(mirrorMaker, listed, ends, clock, { pollMs, reportMs }),
    positions: new StrimziPositions({ mirrorMaker, requests, listed, altered, clock, pollMs }),
    stored: listed,
  };
}
