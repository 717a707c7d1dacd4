{{- define "moonlight.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "moonlight.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "moonlight.name" .) }}{{ else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}

{{/* Labels that never change: Deployments select their pods by them. Takes the root and the component. */}}
{{- define "moonlight.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "moonlight.labels" -}}
{{ include "moonlight.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* Takes the image's values and the chart. */}}
{{- define "moonlight.image" -}}
{{ .image.repository }}{{ if .image.digest }}@{{ .image.digest }}{{ else }}:{{ .image.tag | default .chart.AppVersion }}{{ end }}
{{- end }}

{{/* The environment of API, worker and migrations. Variables in `config` replace those of the chart. */}}
{{- define "moonlight.env" -}}
{{- $own := dict "APP_ENV" "production" "PUBLIC_URL" .Values.publicUrl "FRONTEND_URL" .Values.frontendUrl "METRICS_PORT" "9090" -}}
env:
  {{- range $name, $value := merge (deepCopy .Values.config) $own }}
  - name: {{ $name }}
    value: {{ ternary (int64 $value) $value (kindIs "float64" $value) | toString | quote }}
  {{- end }}
envFrom:
  - secretRef:
      name: {{ .Values.existingSecret }}
{{- end }}

{{- define "moonlight.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- define "moonlight.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* Where pods of a component run: spread over nodes, unless the values say otherwise. */}}
{{- define "moonlight.placement" -}}
{{- $values := index .root.Values .component -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "moonlight.selector" . | nindent 8 }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Seconds until Kubernetes kills a process: SHUTDOWN_DELAY_SECONDS, then its requests or mails, which have 30 s. */}}
{{- define "moonlight.gracePeriod" -}}
{{- add 40 (int (.Values.config.SHUTDOWN_DELAY_SECONDS | default 5)) -}}
{{- end }}
