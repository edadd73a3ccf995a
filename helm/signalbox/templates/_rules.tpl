{{/*
What one process may do in the API server, as a list of { namespace, rules }: objects by their names as topology has them,
and pods and their disruption budgets, which have no names to know beforehand, to be looked at. Empty for whoever has no business there.
Of { root, app }.
*/}}
{{- define "signalbox.rulesOf" -}}
{{- $named := dict -}}
{{- if eq .app "config-switcher" }}{{ $named = include "signalbox.switchedObjects" .root | fromJson }}{{ end -}}
{{- if eq .app "mirror-switcher" }}{{ $named = include "signalbox.mirrorObjects" .root | fromJson }}{{ end -}}
{{- if eq .app "site-guard" }}{{ $named = include "signalbox.fences" .root | fromJson }}{{ end -}}
{{- $roles := list -}}
{{- range $namespace := keys $named | sortAlpha -}}
{{- $rules := list -}}
{{- range $resource := keys (get $named $namespace) | sortAlpha -}}
{{- $names := get (get $named $namespace) $resource | uniq | sortAlpha -}}
{{- $parts := splitList "/" (trimPrefix "read:" $resource) -}}
{{- $verbs := ternary (list "get") (list "get" "patch") (hasPrefix "read:" $resource) -}}
{{- $group := first $parts | replace "core" "" -}}
{{- if and (eq $.app "config-switcher") (eq $group "") }}{{ $verbs = append $verbs "watch" }}{{ end -}}
{{- /* Server-side apply says the name of what it makes, so that this right is for the one name as well. */ -}}
{{- if eq $resource "networking.k8s.io/networkpolicies" }}{{ $verbs = append $verbs "create" }}{{ end -}}
{{- $rules = append $rules (dict "apiGroups" (list $group) "resources" (list (last $parts)) "resourceNames" $names "verbs" $verbs) -}}
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

{{/*
The same, of the mirrors that end at this site and that Strimzi runs. What begins with read: is the cluster operator's to write.
*/}}
{{- define "signalbox.mirrorObjects" -}}
{{- $clusters := list -}}
{{- range .Values.topology.clusters }}{{ if eq .site $.Values.site }}{{ $clusters = append $clusters .id }}{{ end }}{{ end -}}
{{- $named := dict -}}
{{- range $flow := .Values.topology.flows -}}
{{- $driver := $flow.driver -}}
{{- if and (eq $driver.kind "strimzi") (has $flow.target $clusters) (eq ($driver.access | default "in-cluster" | toString) "in-cluster") -}}
{{- $inNamespace := get $named $driver.namespace | default dict -}}
{{- $connectors := $driver.connectors | default dict -}}
{{- range $resource, $names := dict "kafka.strimzi.io/kafkamirrormaker2s" (list $driver.mirrorMaker) "kafka.strimzi.io/kafkaconnectors" (list $connectors.source $connectors.checkpoint) "core/configmaps" (list $driver.positions.altered) "read:core/configmaps" (list $driver.positions.listed) -}}
{{- with compact $names }}{{ $_ := set $inNamespace $resource (concat (get $inNamespace $resource | default list) .) }}{{ end -}}
{{- end -}}
{{- $_ := set $named $driver.namespace $inNamespace -}}
{{- end -}}
{{- end -}}
{{- toJson $named -}}
{{- end -}}

{{/* The same, of the KafkaUsers by which clusters of this site are fenced, and of the NetworkPolicy that closes their listener. */}}
{{- define "signalbox.fences" -}}
{{- $named := dict -}}
{{- range $cluster := .Values.topology.clusters -}}
{{- $fence := $cluster.writeFence | default dict -}}
{{- if and (eq $cluster.site $.Values.site) (eq ($fence.by | default "acl") "kafka-users") (eq ($fence.access | default "in-cluster" | toString) "in-cluster") -}}
{{- $users := list $fence.own -}}
{{- range $.Values.topology.groups }}{{ $users = concat $users (get (.kafkaUsers | default dict) $.Values.site | default list) }}{{ end -}}
{{- $inNamespace := get $named $fence.namespace | default dict -}}
{{- $resource := "kafka.strimzi.io/kafkausers" -}}
{{- $_ := set $inNamespace $resource (concat (get $inNamespace $resource | default list) $users) -}}
{{- $_ := set $named $fence.namespace $inNamespace -}}
{{- end -}}
{{- end -}}
{{- with (include "signalbox.site" . | fromJson).fencePolicy -}}
{{- if eq (.access | default "in-cluster" | toString) "in-cluster" -}}
{{- $inNamespace := get $named .namespace | default dict -}}
{{- $_ := set $inNamespace "networking.k8s.io/networkpolicies" (list .name) -}}
{{- $_ := set $named .namespace $inNamespace -}}
{{- end -}}
{{- end -}}
{{- toJson $named -}}
{{- end -}}
