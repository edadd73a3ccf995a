import { Route53Client } from '@aws-sdk/client-route-53';

export interface Route53Access {
  /** Of Route 53 itself when absent. */
  readonly endpoint?: string;
  readonly region: string;
  /** The SDK's own chain (environment, files, roles of a pod or a machine) when absent. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 8_000;

/** A client that never repeats a request by itself: whether one may be repeated, only who reads the zone again can tell. */
export const route53Client = ({ endpoint, region, credentials }: Route53Access): Route53Client =>
  new Route53Client({
    region,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Otherwise it only logs that the time is over.
      throwOnRequestTimeout: true,
    },
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
  });
