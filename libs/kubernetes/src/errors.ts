import { SignalboxError } from '#libs/domain';

/** A kubeconfig, or what a pod is given instead, cannot be used. Names the file, never its content. */
export class KubeconfigError extends SignalboxError {
  readonly code = 'SB_KUBECONFIG_UNUSABLE';
  readonly retryable = false;
}

/** The API server knows us and does not let us, or does not know us. */
export class KubernetesForbiddenError extends SignalboxError {
  readonly code = 'SB_KUBERNETES_FORBIDDEN';
  readonly retryable = false;
}

/** What is named is not there. */
export class KubernetesMissingError extends SignalboxError {
  readonly code = 'SB_KUBERNETES_MISSING';
  readonly retryable = false;
}

/** The API server does not take it as it is. */
export class KubernetesInvalidError extends SignalboxError {
  readonly code = 'SB_KUBERNETES_INVALID';
  readonly retryable = false;
}

/** An admission policy of the cluster refused it; nothing was changed. The message has the policy's own words. */
export class AdmissionRefusedError extends SignalboxError {
  readonly code = 'SB_KUBERNETES_ADMISSION';
  readonly retryable = false;
}

/** It was changed since it was seen; nothing was changed by us. */
export class KubernetesConflictError extends SignalboxError {
  readonly code = 'SB_KUBERNETES_CONFLICT';
  readonly retryable = true;
}

/** An epoch that no run can have come to: stamped, it would refuse every run to come. */
export class EpochPoisonedError extends SignalboxError {
  readonly code = 'SB_EPOCH_POISONED';
  readonly retryable = false;
}
