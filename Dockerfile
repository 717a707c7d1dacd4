# Two images. API, worker and command line:
#   docker build -t moonlight .
#   docker run --rm --env-file .env moonlight migrate
#   docker run --env-file .env -p 3000:3000 moonlight api
#   docker run --env-file .env moonlight worker
#
# The pages, as static files on nginx:
#   docker build --target web -t moonlight-web .
#   docker run -e PUBLIC_URL=https://accounts.example.com -p 8080:8080 moonlight-web
#
# Both run as an ordinary user and on a read-only file system (nginx needs /tmp and /etc/nginx/conf.d to be writable).

FROM node:24-trixie-slim AS build
WORKDIR /source
COPY . .
RUN npm run build

FROM nginxinc/nginx-unprivileged:1.29-alpine AS web
ARG VERSION=unknown REVISION=unknown
LABEL org.opencontainers.image.title="Moonlight pages" \
  org.opencontainers.image.description="The web pages of Moonlight, an account and authentication service" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
ENV PUBLIC_URL=http://localhost:3000 APP_NAME=Moonlight
COPY --from=build /source/apps/web/deploy/nginx.conf.template /etc/nginx/templates/default.conf.template
COPY --from=build /source/apps/web/dist /usr/share/nginx/html
USER 101:101
EXPOSE 8080
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=10s --timeout=3s CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/health"]

# The last stage is what `docker build` makes without --target. The system must be the one of the build stage, because the
# password hasher is native code.
FROM debian:trixie-slim
ARG VERSION=unknown REVISION=unknown
LABEL org.opencontainers.image.title="Moonlight" \
  org.opencontainers.image.description="Account and authentication service: API, worker and command line" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
RUN useradd --uid 10001 --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin moonlight
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /source/dist/moonlight /moonlight
# A container runs one process, so that API and worker can use the same port, which the health check asks.
ENV APP_ENV=production HOST=0.0.0.0 PORT=3000 WORKER_PORT=3000
# The number lets Kubernetes check that it is not root.
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/moonlight/main.js"]
CMD ["api"]
