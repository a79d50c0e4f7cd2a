package io.murmur.benchmarks.peers.hazelcast;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.murmur.benchmarks.peers.server.PeerServer;
import java.util.List;

/** A member. The arguments are its port, and the addresses of all members, separated by commas. */
final class HazelcastMember {

    static final String CLUSTER = "benchmark";
    static final String MAP = "cells";

    private HazelcastMember() {}

    public static void main(String[] arguments) throws InterruptedException {
        PeerServer.endWithStandardInput();
        List<String> members = List.of(arguments[1].split(",", -1));
        Config config = new Config();
        config.setClusterName(CLUSTER);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        // What cannot be looked for on this machine would cost each start some seconds.
        config.getNetworkConfig().setPort(Integer.parseInt(arguments[0])).setPortAutoIncrement(false);
        config.getNetworkConfig().setPublicAddress("127.0.0.1:" + arguments[0]);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setMembers(members);
        // Two copies besides the first, all three written before a write is acknowledged.
        config.addMapConfig(new MapConfig(MAP)
                .setInMemoryFormat(InMemoryFormat.BINARY)
                .setBackupCount(2)
                .setAsyncBackupCount(0)
                .setStatisticsEnabled(false));
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        PeerServer.tellProgress(() -> member.getCluster().getMembers().size() == members.size()
                && member.getPartitionService().isClusterSafe());
    }
}
