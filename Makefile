# Needs JDK 17 or later, git and a network; everything else is fetched.
MVN := ./mvnw -B

.PHONY: help demo compose-demo test conformance soak faults bench format

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

demo: ## the order-checkout sample on embedded defaults, with a kill -9 in the middle
	samples/checkout --kill-inventory
	samples/checkout --kill-inventory --tx=2pc

compose-demo: ## the same services in containers, with MySQL and Redis: docker-compose.yml up, orders, the ledger, down
	scripts/compose-demo

test: ## the whole suite, then the contracts that need no server once more on the newest JDK here
	scripts/install-test-servers
	scripts/run-tests
	scripts/test-newest-jdk

conformance: ## all contracts on servers in containers, on the newest JDK here; writes target/conformance.md, as docs/conformance.md shows it
	scripts/conformance

soak: ## the long tests, then make faults; SOAK='-pl id-segment -am -Dcoordkit.soak.ids=1000000 -Dcoordkit.soak.kills=50' chooses among the first by module and size, without the second
	scripts/install-test-servers
	$(MVN) verify -Dtest.jvm= -Dtest.groups=soak -Dtest.excludedGroups=conformance -Dsurefire.failIfNoSpecifiedTests=false $(SOAK)
	$(if $(SOAK),,$(MAKE) faults FAULTS=$(or $(FAULTS),PT10M))

faults: ## locks and their peers under faults, again and again for FAULTS=PT10M each; prints docs/guarantees.md's table
	scripts/install-test-servers
	rm -f */target/lock-faults.md
	scripts/run-tests -pl lock-redis,lock-redlock,lock-etcd,lock-zookeeper -am -Dtest.jvm= -Dtest.groups=faults \
		-Dtest.excludedGroups=conformance -Dcoordkit.soak.faults=$(or $(FAULTS),PT0S)
	scripts/fault-table

bench: ## the benchmarks beside their peers; BENCH=regex chooses
	-scripts/install-test-servers
	$(MVN) -q -pl benchmarks -am compile org.codehaus.mojo:exec-maven-plugin:3.6.4:exec -Dbench='$(or $(BENCH),.*)'

format: ## formats all sources and poms
	$(MVN) -q -pl '!coord-bom' com.diffplug.spotless:spotless-maven-plugin:3.11.0:apply
