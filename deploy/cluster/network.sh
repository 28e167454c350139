#!/bin/sh
# Configures the network of the pods of a cluster with one node.
set -eu
cat >/etc/cni/net.d/10-node.conflist <<EOF
{
  "cniVersion": "0.3.1",
  "name": "node",
  "plugins": [
    {
      "type": "ptp",
      "ipMasq": true,
      "ipam": {"type": "host-local", "ranges": [[{"subnet": "$POD_SUBNET"}]], "routes": [{"dst": "0.0.0.0/0"}]}
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
EOF
exec sleep infinity
