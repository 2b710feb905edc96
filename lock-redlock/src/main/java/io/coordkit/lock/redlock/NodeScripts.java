package io.coordkit.lock.redlock;

/** All that nodes are asked. */
record NodeScripts(
        NodeScript inspect,
        NodeScript vote,
        NodeScript renew,
        NodeScript withdraw,
        NodeScript abandon,
        NodeScript status,
        NodeScript revoke) {

    static NodeScripts load() {
        String fitness = "fitness.lua";
        return new NodeScripts(
                NodeScript.of(fitness, "inspect.lua"),
                NodeScript.of(fitness, "vote.lua"),
                NodeScript.of(fitness, "renew.lua"),
                NodeScript.of("withdraw.lua"),
                NodeScript.of("abandon.lua"),
                NodeScript.of("admin-inspect.lua"),
                NodeScript.of("admin-revoke.lua"));
    }
}
