{{/*
What one process may do in the API server, as a list of { namespace, rules }: objects by their names as topology has them,
and pods and their disruption budgets, which have no names to know beforehand, to be looked at. Empty for whoever has no business there.
Of { root, app }.
*/}}
{{- define "signalbox.rulesOf" -}}
{{- $named := dict -}}
{{- if eq .app "config-switcher" }}{{ $named = include "signalbox.switchedObjects" .root | fromJson }}{{ end -}}
{{- if eq .app "mirror-switcher" }}{{ $named = include "signalbox.mirrorObjects" .root | fromJson }}{{ end -}}
{{- $roles := list -}}
{{- range $namespace := keys $named | sortAlpha -}}
{{- $rules := list -}}
{{- range $resource := keys (get $named $namespace) | sortAlpha -}}
{{- $names := get (get $named $namespace) $resource | uniq | sortAlpha -}}
{{- $parts := splitList "/" $resource -}}
{{- $group := first $parts | replace "core" "" -}}
{{- $rules = append $rules (dict "apiGroups" (list $group) "resources" (list (last $parts)) "resourceNames" $names "verbs" (list "get" "patch")) -}}
{{- end -}}
{{- if eq $.app "config-switcher" -}}
{{- $rules = append $rules (dict "apiGroups" (list "") "resources" (list "pods") "verbs" (list "list")) -}}
{{- $rules = append $rules (dict "apiGroups" (list "policy") "resources" (list "poddisruptionbudgets") "verbs" (list "list")) -}}
{{- end -}}
{{- $roles = append $roles (dict "namespace" $namespace "rules" $rules) -}}
{{- end -}}
{{- toJson $roles -}}
{{- end -}}

{{/* namespace → group/resource → names, of what topology has switched at this site with the pod's own account. */}}
{{- define "signalbox.switchedObjects" -}}
{{- $resources := dict
  "ConfigMap" "core/configmaps" "Secret" "core/secrets"
  "Deployment" "apps/deployments" "StatefulSet" "apps/statefulsets" "DaemonSet" "apps/daemonsets"
  "Rollout" "argoproj.io/rollouts" -}}
{{- $named := dict -}}
{{- range .Values.topology.groups }}{{ range .configs }}{{ if eq .target.kind "kubernetes" -}}
{{- $here := get .target.sites $.Values.site | default dict -}}
{{- if eq ($here.access | default "in-cluster" | toString) "in-cluster" -}}
{{- range $target := $here.targets -}}
{{- $objects := list (dict "kind" $target.object "name" $target.name) -}}
{{- range concat $objects ($target.workloads | default list) -}}
{{- $inNamespace := get $named $target.namespace | default dict -}}
{{- $resource := get $resources .kind -}}
{{- $_ := set $inNamespace $resource (append (get $inNamespace $resource | default list) .name) -}}
{{- $_ := set $named $target.namespace $inNamespace -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}{{ end }}{{ end -}}
{{- toJson $named -}}
{{- end -}}

{{/* The same, of the Strimzi resources that turn mirrors. */}}
{{- define "signalbox.mirrorObjects" -}}
{{- $named := dict -}}
{{- range .Values.rbac.strimzi -}}
{{- $inNamespace := get $named .namespace | default dict -}}
{{- $resource := printf "kafka.strimzi.io/%s" .resource -}}
{{- $_ := set $inNamespace $resource (append (get $inNamespace $resource | default list) .name) -}}
{{- $_ := set $named .namespace $inNamespace -}}
{{- end -}}
{{- toJson $named -}}
{{- end -}}
