{{/* The pod of one process. Of { root, app, special }. */}}
{{- define "signalbox.pod" -}}
{{- $root := .root -}}
{{- $app := .app -}}
{{- $given := get $root.Values.apps $app -}}
{{- $folders := include "signalbox.foldersOf" (dict "root" $root "app" $app) | fromJson -}}
metadata:
  labels:
    {{- include "signalbox.selector" (dict "root" $root "component" $app) | nindent 4 }}
    {{- with $root.Values.pods.labels }}{{ toYaml . | nindent 4 }}{{ end }}
  annotations:
    kubectl.kubernetes.io/default-container: {{ $app }}
    signalbox.io/topology-hash: {{ toYaml $root.Values.topology | sha256sum }}
    {{- with $root.Values.pods.annotations }}{{ toYaml . | nindent 4 }}{{ end }}
spec:
  serviceAccountName: {{ include "signalbox.fullname" $root }}-{{ $app }}
  automountServiceAccountToken: {{ not (empty (include "signalbox.rulesOf" (dict "root" $root "app" $app) | fromJsonArray)) }}
  enableServiceLinks: false
  # It ends its work in progress within 10 s, and sends its last spans.
  terminationGracePeriodSeconds: 30
  securityContext:
    {{- include "signalbox.podSecurity" $root | nindent 4 }}
  {{- include "signalbox.placement" (dict "root" $root "component" $app) | nindent 2 }}
  containers:
    - name: {{ $app }}
      image: {{ include "signalbox.image" $root }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: [{{ $app }}]
      ports:
        - { name: http, containerPort: 8080 }
      env:
        - name: POD_NAME
          valueFrom: { fieldRef: { fieldPath: metadata.name } }
        # Of its own: two of a kind never take each other's step for their own, and one that is started again in its
        # pod knows its own.
        - { name: SIGNALBOX_PROCESS, value: $(POD_NAME)@{{ $root.Values.site }} }
        - { name: SIGNALBOX_SITE, value: {{ $root.Values.site | quote }} }
        - { name: SIGNALBOX_CONFIG, value: /etc/signalbox/signalbox.yaml }
        - { name: SIGNALBOX_LISTEN, value: {{ printf "%s:8080" $root.Values.listenHost | quote }} }
        - { name: LOG_LEVEL, value: {{ $root.Values.logLevel }} }
        {{- with $root.Values.otlpEndpoint }}
        - { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }} }
        {{- end }}
        {{- with $given.env }}{{ toYaml . | nindent 8 }}{{ end }}
      # A cold start may take its time; only then does liveness count.
      startupProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 2
        timeoutSeconds: 2
        failureThreshold: {{ $root.Values.pods.startupAttempts }}
      livenessProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /readyz, port: http }
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 3
      resources: {{- toYaml $given.resources | nindent 8 }}
      securityContext:
        {{- include "signalbox.containerSecurity" $root | nindent 8 }}
      volumeMounts:
        - { name: topology, mountPath: /etc/signalbox, readOnly: true }
        {{- range $at, $folder := $folders | keys | sortAlpha }}
        - { name: secrets-{{ $at }}, mountPath: {{ $folder }}, readOnly: true }
        {{- end }}
        {{- with $given.volumeMounts }}{{ toYaml . | nindent 8 }}{{ end }}
  volumes:
    - name: topology
      configMap: { name: {{ include "signalbox.fullname" $root }}-topology }
    {{- range $at, $folder := $folders | keys | sortAlpha }}
    - name: secrets-{{ $at }}
      secret:
        secretName: {{ get $root.Values.secretFolders $folder }}
        defaultMode: 0440
        items:
          {{- range get $folders $folder }}
          - { key: {{ . }}, path: {{ . }} }
          {{- end }}
    {{- end }}
    {{- with $given.volumes }}{{ toYaml . | nindent 4 }}{{ end }}
{{- end -}}
