export { ApiServer, type ApiServerOptions } from './api-server.js';
export type { Credentials, LoadCredentials } from './credentials.js';
export {
  AdmissionRefusedError,
  EpochPoisonedError,
  KubeconfigError,
  KubernetesConflictError,
  KubernetesForbiddenError,
  KubernetesInvalidError,
  KubernetesMissingError,
} from './errors.js';
export { credentialsBy, fromKubeconfig, inCluster, type Access, type Environment } from './kubeconfig.js';
export { ObjectWatch, type WatchedObject } from './object-watch.js';
export { servedVersion, STRIMZI } from './served-version.js';
export {
  checkAhead,
  epochIn,
  STAMPS,
  stampedMetadata,
  stampsOf,
  writeStamp,
  writtenAt,
  type Owner,
  type Stamps,
} from './stamps.js';
