{{/* Every { file: … } below a value, one a line. */}}
{{- define "signalbox.filesBelow" -}}
{{- if kindIs "map" . -}}
{{- if and (eq (len .) 1) (hasKey . "file") -}}
{{- .file }}{{ "\n" -}}
{{- else -}}
{{- range $_, $value := . }}{{ include "signalbox.filesBelow" $value }}{{ end -}}
{{- end -}}
{{- else if kindIs "slice" . -}}
{{- range . }}{{ include "signalbox.filesBelow" . }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
The files that one process reads, as a list: a worker holds no other worker's keys, and nobody those of another site.
Of { root, app }.
*/}}
{{- define "signalbox.filesOf" -}}
{{- $topology := .root.Values.topology -}}
{{- $here := .root.Values.site -}}
{{- $site := include "signalbox.site" .root | fromJson -}}
{{- $parts := list $topology.journal -}}
{{- if has .app (list "orchestrator" "health-monitor") -}}
{{- $parts = concat $parts (list $site.signing $topology.clusters) -}}
{{- end -}}
{{- if eq .app "orchestrator" }}{{ $parts = concat $parts (list $site.heartbeat $topology.api) }}{{ end -}}
{{- if eq .app "notifier" }}{{ $parts = append $parts $topology.channels }}{{ end -}}
{{- if eq .app "dns-switcher" -}}
{{- range $topology.groups }}{{ $parts = append $parts .traffic }}{{ end -}}
{{- end -}}
{{- if eq .app "config-switcher" -}}
{{- range $topology.groups }}{{ range .configs -}}
{{- $parts = append $parts (get (.target.sites | default dict) $here) -}}
{{- end }}{{ end -}}
{{- end -}}
{{- $siteOf := dict -}}
{{- range $topology.clusters }}{{ $_ := set $siteOf .id .site }}{{ end -}}
{{- if eq .app "site-guard" -}}
{{- $parts = append $parts $site.fencePolicy -}}
{{- range $topology.clusters }}{{ if eq .site $here }}{{ $parts = append $parts . }}{{ end }}{{ end -}}
{{- end -}}
{{- if eq .app "mirror-switcher" -}}
{{- range $flow := $topology.flows -}}
{{- if eq (get $siteOf $flow.target) $here -}}
{{- $parts = append $parts $flow.driver -}}
{{- range $topology.clusters }}{{ if has .id (list $flow.source $flow.target) }}{{ $parts = append $parts . }}{{ end }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- include "signalbox.filesBelow" $parts | splitList "\n" | compact | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* Folder → the files in it, of the files of one process. Of { root, app }. */}}
{{- define "signalbox.foldersOf" -}}
{{- $folders := dict -}}
{{- range include "signalbox.filesOf" . | fromJsonArray -}}
{{- $_ := set $folders (dir .) (append (get $folders (dir .) | default list) (base .)) -}}
{{- end -}}
{{- toJson $folders -}}
{{- end -}}
