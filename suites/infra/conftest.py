"""What has to be seen of the infrastructure: each component asked in its own protocol."""

from uuid import uuid4

from opscheck import Cost, Request, Unmeasured, observation
from opscheck.model import Samples
from opscheck.model.vectors import PointTrip
from opscheck.readers.blind import blind
from opscheck.readers.qdrant import point_vector


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


@observation(cost=Cost(requests=1), needs=("prometheus_query",))
async def scraped_samples(host, probe):
    """How many samples each target brought that is up."""
    return await probe.http(host.request("prometheus_query", query="scrape_samples_scraped and up == 1"))


def _expected_series(host):
    """Pairs of job and series, as the host file names them: `worker: tasks_total`."""
    told = host.settings.get("prometheus", {}).get("series", ())
    return [(job.strip(), name.strip()) for job, _, name in (text.partition(":") for text in told)]


@observation(cost=lambda host: Cost(requests=len(_expected_series(host))), needs=("prometheus_query",))
async def job_series(host, probe):
    """Each series that is expected of a job, of the last minutes: that a target is down now is told elsewhere."""
    series = (f'{{__name__="{name}", job="{job}"}}' for job, name in _expected_series(host))
    queries = (f"count(last_over_time({one}[5m]))" for one in series)
    asked = (probe.http(host.request("prometheus_query", query=query)) for query in queries)
    return Samples(await probe.together(*asked))


@observation(cost=Cost(requests=1), needs=("prometheus_query", "prometheus.ready"))
async def ready_gauges(host, probe):
    """The gauges by which services say that they are ready."""
    return await probe.http(host.request("prometheus_query", query="status_ready"))


@observation(cost=Cost(requests=1), needs=("qdrant_collections", "qdrant.collection"))
async def collection(host, probe):
    """The collection that searches use, by its name or its alias."""
    return await probe.http(host.request("qdrant_collections").below(host.settings["qdrant"]["collection"]))


@observation(cost=Cost(requests=1), needs=("embeddings", "embedding.model"))
async def embedded_text(host, probe):
    """What the embedding model makes of a text."""
    body = {"model": host.settings["embedding"]["model"], "input": "opscheck asks how long this vector is"}
    return await probe.http(host.post("embeddings", body), timeout=host.budget("completion_seconds", 60))


@observation(cost=Cost(requests=1), needs=("qdrant_aliases", "qdrant.alias"))
async def aliases(host, probe):
    """The aliases of the vector store."""
    return await probe.http(host.request("qdrant_aliases"))


@observation(cost=Cost(requests=1), needs=("qdrant_collections", "qdrant.alias"))
async def collections(host, probe):
    """The collections of the vector store."""
    return await probe.http(host.request("qdrant_collections"))


@observation(cost=Cost(requests=4), needs=("qdrant_collections", "qdrant.collection"), mutating=True)
async def point_trip(host, probe, collection):
    """A point of our own, given to the collection, searched for, removed and looked for again."""
    name, vector = point_vector(collection)
    if not vector:
        return blind(collection, "the collection does not tell the size of its vectors", "see vector-collection")
    points = host.request("qdrant_collections").below(host.settings["qdrant"]["collection"], "points")
    point = str(uuid4())
    given = {"id": point, "vector": {name: vector} if name else vector, "payload": {"opscheck": point}}
    wanted = {"query": vector, "limit": 1, "filter": {"must": [{"has_id": [point]}]}}
    question = wanted | ({"using": name} if name else {})
    put = await probe.http(points.by("PUT", wait="true").with_json({"points": [given]}))
    if isinstance(put, Unmeasured):
        return put
    try:
        searched = await probe.http(points.below("query").by("POST").with_json(question)) if put.status == 200 else None
    finally:  # whatever came in between: nothing of ours stays
        gone = points.below("delete").by("POST", wait="true").with_json({"points": [point]})
        removed = await probe.http(gone)
    left = await probe.http(points.below(point), fresh=True) if put.status == 200 else None
    return PointTrip(point, put, searched, removed, left)


def _milvus(host):
    settings = host.settings["milvus"]
    return {"dbName": settings.get("database") or "default", "collectionName": settings["collection"]}


@observation(cost=Cost(requests=1), needs=("milvus_describe", "milvus.collection"))
async def milvus_described(host, probe):
    """The collection that searches use: its fields, its indexes, whether it is loaded."""
    return await probe.http(host.post("milvus_describe", _milvus(host)))


@observation(cost=Cost(requests=1), needs=("milvus_stats", "milvus.collection"))
async def milvus_counted(host, probe):
    """How many rows it has."""
    return await probe.http(host.post("milvus_stats", _milvus(host)))


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


@observation(cost=Cost(requests=1), needs=("ollama_version",))
async def version(host, probe):
    """Which version Ollama says that it is."""
    return await probe.http(host.request("ollama_version"))


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
