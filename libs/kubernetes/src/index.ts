export { ApiServer, type ApiServerOptions } from './api-server.js';
export type { Credentials, LoadCredentials } from './credentials.js';
export {
  AdmissionRefusedError,
  KubeconfigError,
  KubernetesConflictError,
  KubernetesForbiddenError,
  KubernetesInvalidError,
  KubernetesMissingError,
} from './errors.js';
export { fromKubeconfig, inCluster } from './kubeconfig.js';
