{{/* What the schema cannot say, all of it at once. The processes check the rest of signalbox.yaml when they start. */}}
{{- define "signalbox.refuseProblems" -}}
{{- $problems := concat
  (include "signalbox.siteProblems" . | fromJsonArray)
  (include "signalbox.secretProblems" . | fromJsonArray)
  (include "signalbox.etcdProblems" . | fromJsonArray)
  (include "signalbox.redisProblems" . | fromJsonArray) -}}
{{- if $problems -}}
{{- fail (printf "these values cannot be used:\n  - %s" (join "\n  - " $problems)) -}}
{{- end -}}
{{- end -}}

{{- define "signalbox.siteProblems" -}}
{{- $ids := list }}{{ range .Values.topology.sites }}{{ $ids = append $ids .id }}{{ end -}}
{{- $problems := list -}}
{{- if not (has .Values.site $ids) -}}
{{- $problems = append $problems (printf "site: found %s; write one of topology.sites: %s" .Values.site (join ", " $ids)) -}}
{{- end -}}
{{- toJson $problems -}}
{{- end -}}

{{- define "signalbox.secretProblems" -}}
{{- $folders := list -}}
{{- range $app, $_ := include "signalbox.apps" . | fromJson -}}
{{- $folders = concat $folders (include "signalbox.foldersOf" (dict "root" $ "app" $app) | fromJson | keys) -}}
{{- end -}}
{{- $problems := list -}}
{{- range $folders | uniq | sortAlpha -}}
{{- if not (isAbs .) -}}
{{- $problems = append $problems (printf "topology: found a { file: … } in %s; write the whole path, from /" .) -}}
{{- else if has . (list "/" "/run" "/run/secrets" "/var" "/etc" "/etc/signalbox" "/app" "/tmp") -}}
{{- $problems = append $problems (printf "topology: found a { file: … } right in %s; write a folder of its own below it, for example %s/kafka-a" . (trimSuffix "/" .)) -}}
{{- else if not (get $.Values.secretFolders .) -}}
{{- $problems = append $problems (printf "secretFolders: found nothing for %s, which topology names; write %s: <the Secret that holds its files>" . .) -}}
{{- end -}}
{{- end -}}
{{- toJson $problems -}}
{{- end -}}

{{- define "signalbox.etcdProblems" -}}
{{- $problems := list -}}
{{- $etcd := .Values.etcd -}}
{{- $ours := include "signalbox.ownMember" . | fromJsonArray -}}
{{- if eq $etcd.mode "member" -}}
{{- /* Where a journal is rebuilt from one member, the others are added one by one. */}}
{{- if and (eq $etcd.clusterState "new") (lt (len $etcd.peers) 3) -}}
{{- $problems = append $problems (printf "etcd.peers: found %d; write at least three, one for each site with a member" (len $etcd.peers)) -}}
{{- end -}}
{{- if not (hasKey $etcd.peers .Values.site) -}}
{{- $problems = append $problems (printf "etcd.peers: found no %s; write where the others reach this site's member" .Values.site) -}}
{{- end -}}
{{- if not $etcd.tlsSecret -}}
{{- $problems = append $problems "etcd.tlsSecret: found nothing; write the Secret with ca.crt, tls.crt and tls.key: members of three sites talk over TLS only" -}}
{{- end -}}
{{- if not (.Values.topology.journal.tls | default dict).certificate -}}
{{- $problems = append $problems "topology.journal.tls: found no certificate; write ca, certificate and key: etcd.mode member answers nobody without one" -}}
{{- end -}}
{{- range $ours -}}
{{- if not (hasPrefix "https://" .) -}}
{{- $problems = append $problems (printf "topology.journal.members.%s: found %s; write https://, as etcd.mode member serves" $.Values.site .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (ne $etcd.mode "external") (not $ours) -}}
{{- $problems = append $problems (printf "topology.journal.members: found no %s; write where the processes of all sites reach the member that this release runs" .Values.site) -}}
{{- end -}}
{{- if eq $etcd.mode "evaluation" -}}
{{- range .Values.topology.groups -}}
{{- if eq (.mode | default "observe") "automatic" -}}
{{- $problems = append $problems (printf "etcd.mode: found evaluation, and group %s in mode automatic; write mode approve or observe there, or a journal of three members: one member is lost with its site" .id) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $problems -}}
{{- end -}}

{{- define "signalbox.redisProblems" -}}
{{- $problems := list -}}
{{- if .Values.redis.bundled -}}
{{- $site := include "signalbox.site" . | fromJson -}}
{{- $wanted := printf "redis://%s-redis.%s:6379" (include "signalbox.fullname" .) .Release.Namespace -}}
{{- if ne ($site.redis | default "") $wanted -}}
{{- $problems = append $problems (printf "topology.sites, redis of %s: found %s; write %s, which this release runs, or redis.bundled: false" .Values.site ($site.redis | default "nothing") $wanted) -}}
{{- end -}}
{{- end -}}
{{- toJson $problems -}}
{{- end -}}
