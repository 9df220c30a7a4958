"""What has to be seen of the infrastructure: each component asked in its own protocol."""

from opscheck import Cost, Request, observation


def _completion(host):
    return Cost(requests=1, tokens=host.settings.get("llm", {}).get("max_tokens", 16) + 32)


@observation(cost=Cost(requests=1), needs=("mongo",))
async def mongo_store(host, probe):
    """Mongo: greeted, logged in to, read from."""
    wanted = host.settings.get("mongo", {}).get("indexes", ())
    return await probe.store("mongo", collections=sorted({text.partition(":")[0].strip() for text in wanted}))


@observation(cost=Cost(), needs=("mongo", "mongo.indexes"))
async def mongo_indexed(mongo_store):
    """The same, on hosts that say which indexes they rely on."""
    return mongo_store


@observation(cost=Cost(requests=1), needs=("redis",))
async def redis_store(probe):
    """Redis: logged in to, asked how it is."""
    return await probe.store("redis")


@observation(cost=Cost(requests=1), needs=("redis",), mutating=True)
async def redis_written(probe):
    """Redis: a value of our own, written, read and removed."""
    return await probe.store("redis", write=True)


@observation(cost=Cost(requests=1), needs=("postgres",))
async def postgres_store(host, probe):
    """Postgres: logged in to, read from, written to and rolled back."""
    return await probe.store("postgres", migrations=host.settings.get("postgres", {}).get("migrations", ""))


@observation(cost=Cost(), needs=("postgres", "postgres.head"))
async def postgres_migrated(postgres_store):
    """The same, on hosts that say which head of the migrations they expect."""
    return postgres_store


@observation(cost=Cost(requests=1), needs=("prometheus_targets",))
async def scrape_targets(host, probe):
    """The targets of Prometheus with their last scrapes."""
    return await probe.http(host.request("prometheus_targets", state="active"))


@observation(cost=Cost(requests=1), needs=("qdrant_collections", "qdrant.collection"))
async def collection(host, probe):
    """The collection that searches use, by its name or its alias."""
    return await probe.http(host.request("qdrant_collections").below(host.settings["qdrant"]["collection"]))


@observation(cost=Cost(requests=1), needs=("llm_models",))
async def models(host, probe):
    """The models that the API lists."""
    return await probe.http(host.request("llm_models"))


@observation(cost=_completion, needs=("llm_chat", "llm.model"))
async def completion(host, probe):
    """One completion of a few tokens."""
    settings = host.settings["llm"]
    body = {"model": settings["model"], "messages": [{"role": "user", "content": "Say ok."}]}
    return await probe.http(
        host.post("llm_chat", body | {"max_tokens": settings["max_tokens"]}),
        timeout=host.budget("completion_seconds", 60),
    )


@observation(cost=Cost(requests=1), needs=("ollama_tags", "ollama.model"))
async def pulled(host, probe):
    """The models that Ollama has on its disk."""
    return await probe.http(host.request("ollama_tags"))


@observation(cost=Cost(requests=1), needs=("ollama_loaded", "ollama.model"))
async def loaded(host, probe):
    """The models that Ollama has in memory, before anything is asked of them."""
    return await probe.http(host.request("ollama_loaded"))


@observation(cost=Cost(requests=1), needs=("litellm_models",))
async def stranger(host, probe):
    """The proxy's models, asked for without a key."""
    return await probe.http(Request("GET", host.url("litellm_models")))


@observation(cost=Cost(requests=1), needs=("litellm_state",))
async def proxy_state(host, probe):
    """What the proxy says of itself and its database."""
    return await probe.http(host.request("litellm_state"))


@observation(cost=Cost(requests=1), needs=("prometheus_ready",))
async def prometheus_ready(host, probe):
    """Prometheus says whether it is ready."""
    return await probe.http(host.request("prometheus_ready"))


@observation(cost=Cost(requests=1), needs=("alertmanager_ready",))
async def alertmanager_ready(host, probe):
    """Alertmanager says whether it is ready."""
    return await probe.http(host.request("alertmanager_ready"))


@observation(cost=Cost(requests=1), needs=("grafana_ready",))
async def grafana_ready(host, probe):
    """Grafana says whether its database is there."""
    return await probe.http(host.request("grafana_ready"))


@observation(cost=Cost(requests=1), needs=("loki_ready",))
async def loki_ready(host, probe):
    """Loki says whether it takes and finds lines."""
    return await probe.http(host.request("loki_ready"))


@observation(cost=Cost(requests=1), needs=("qdrant_ready",))
async def qdrant_ready(host, probe):
    """Qdrant says whether its shards are ready."""
    return await probe.http(host.request("qdrant_ready"))


@observation(cost=Cost(requests=1), needs=("milvus_ready",))
async def milvus_ready(host, probe):
    """Milvus says whether it is healthy."""
    return await probe.http(host.request("milvus_ready"))


@observation(cost=Cost(requests=1), needs=("ollama_ready",))
async def ollama_ready(host, probe):
    """Ollama says that it runs."""
    return await probe.http(host.request("ollama_ready"))


@observation(cost=Cost(requests=1), needs=("litellm_ready",))
async def litellm_ready(host, probe):
    """The LiteLLM proxy says that it is alive."""
    return await probe.http(host.request("litellm_ready"))
