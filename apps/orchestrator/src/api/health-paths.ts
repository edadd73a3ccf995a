/** Kubelet and Prometheus have no token, and these say nothing secret. */
const HEALTH_PATHS: readonly string[] = ['/healthz', '/readyz', '/metrics'];

export const isHealthPath = (path: string): boolean => HEALTH_PATHS.includes(path);
