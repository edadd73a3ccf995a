{{/* What runs at this site: name → what makes it special. A witness has a vantage point and nothing to act on. */}}
{{- define "signalbox.apps" -}}
{{- $apps := dict
  "health-monitor" (dict)
  "orchestrator" (dict)
  "notifier" (dict) -}}
{{- if not (include "signalbox.site" . | fromJson).witness -}}
{{- $apps = merge $apps (dict
  "site-guard" (dict "oneAtATime" true)
  "dns-switcher" (dict)
  "config-switcher" (dict)
  "mirror-switcher" (dict "oneAtATime" true)) -}}
{{- end -}}
{{- toJson $apps -}}
{{- end -}}

{{/* This release's own entry of topology.sites. */}}
{{- define "signalbox.site" -}}
{{- $here := dict -}}
{{- range .Values.topology.sites }}{{ if eq .id $.Values.site }}{{ $here = . }}{{ end }}{{ end -}}
{{- toJson $here -}}
{{- end -}}

{{- define "signalbox.image" -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}

{{/* Pod level of what the restricted profile asks for. */}}
{{- define "signalbox.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .Values.pods.user }}
runAsGroup: {{ .Values.pods.user }}
fsGroup: {{ .Values.pods.user }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{/* Container level of it. */}}
{{- define "signalbox.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{/* Where a pod may run; of { root, component }. */}}
{{- define "signalbox.placement" -}}
{{- with .root.Values.pods }}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- $selector := include "signalbox.selector" . }}
{{- with .root.Values.pods.spreadOver }}
topologySpreadConstraints:
  {{- range . }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- $selector | nindent 8 }}
  {{- end }}
{{- end }}
{{- end -}}
