{{/* What everything of this release is called: the release's own name, with the chart's beside it unless it says so itself. */}}
{{- define "signalbox.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What belongs to no namespace is called so, that two releases in one cluster have one each. */}}
{{- define "signalbox.clusterWideName" -}}
{{- printf "%s-%s" .Release.Namespace (include "signalbox.fullname" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "signalbox.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* Chosen by: never changes in the life of a release. */}}
{{- define "signalbox.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* What members of the journal are called in each other's certificates: the hosts of etcd.peers. */}}
{{- define "signalbox.peerHosts" -}}
{{- $hosts := list -}}
{{- range $_, $url := .Values.etcd.peers }}{{ $hosts = append $hosts (urlParse $url).hostname }}{{ end -}}
{{- $hosts | uniq | sortAlpha | join "," -}}
{{- end -}}

{{/* Where this site's member of the journal serves, as a list. */}}
{{- define "signalbox.ownMember" -}}
{{- $urls := get .Values.topology.journal.members .Values.site -}}
{{- kindIs "string" $urls | ternary (list $urls | compact) $urls | toJson -}}
{{- end -}}
