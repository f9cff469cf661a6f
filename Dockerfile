FROM node:24-slim AS build
WORKDIR /app
COPY . .
# Builds as well, through the `prepare` script; what only the build needs is dropped again.
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production DATA_DIR=/data HEARTBEAT_FILE=/tmp/applicant-sync.alive
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/prisma/migrations ./prisma/migrations
# Without DATABASE_URL the embedded Postgres keeps its files here, as this user.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
# The worker writes the file every 20 seconds while it is well: no Node is started to learn that.
HEALTHCHECK --interval=30s --timeout=5s --start-period=2m CMD ["sh", "-c", "find $HEARTBEAT_FILE -mmin -2 | grep -q ."]
CMD ["node", "dist/cli.js", "start"]
