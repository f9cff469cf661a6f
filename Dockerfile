FROM node:24-slim AS build
WORKDIR /app
COPY . .
# Builds as well, through the `prepare` script; what only the build needs is dropped again.
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/prisma/migrations ./prisma/migrations
# Without DATABASE_URL the embedded Postgres keeps its files here, as this user.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s CMD ["node", "dist/cli.js", "status", "--json"]
CMD ["node", "dist/cli.js", "start"]
